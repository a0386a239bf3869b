import type { ExecutionEvent } from '../execution-event.ts';
import { getStatus, isOver } from '../get-status.ts';
import { limit } from '../http/limit.ts';
import type { Server } from '../http/server-at.ts';
import { readStream } from './read-stream.ts';
import { reconnection } from './reconnection.ts';

export interface WatchOptions {
  /** The `seq` of the last event that is known. */
  readonly after?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The events of an execution up to its end, over any number of connections: none is missing, and none comes twice. */
export async function* watch(
  server: Server,
  id: string,
  { after = 0, signal: callerSignal }: WatchOptions,
): AsyncGenerator<ExecutionEvent, void> {
  const { signal, end } = limit({ signal: callerSignal, what: `watching execution "${id}"` });
  const { reached, progressed, wait } = reconnection(server.settings, signal);
  let last = after;
  let wasOver = false;
  try {
    for (;;) {
      let failure: unknown;
      try {
        for await (const events of readStream(server, id, last, signal)) {
          reached();
          for (const event of events) {
            // What is only shown live carries the number of the event before it.
            if (event.seq <= last && event.type !== 'model.delta') continue;
            last = Math.max(last, event.seq);
            progressed();
            yield event;
            if (event.type === 'run.finished') return;
          }
        }
        // It ends early where a server stops. Of what was over before, nothing more comes.
        if (wasOver) return;
        wasOver = isOver(await getStatus(server, id, { signal, maxAttempts: 1 }));
      } catch (error) {
        failure = error;
      }
      await wait(failure);
    }
  } finally {
    end();
  }
}
