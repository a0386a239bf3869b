import type { Execution } from '../execution.ts';
import { getStatus, isOver } from '../get-status.ts';
import { limit } from '../http/limit.ts';
import type { Server } from '../http/server-at.ts';
import { readStream } from './read-stream.ts';
import { reconnection } from './reconnection.ts';

/** After all events there can be: a stream that only ends. */
const afterAll = Number.MAX_SAFE_INTEGER;

/** An execution once it is over. */
export async function untilOver(server: Server, id: string, callerSignal?: AbortSignal): Promise<Execution> {
  const { signal, end } = limit({ signal: callerSignal, what: `waiting for execution "${id}"` });
  const { reached, wait } = reconnection(server.settings, signal);
  try {
    for (;;) {
      let failure: unknown;
      try {
        const execution = await getStatus(server, id, signal);
        if (isOver(execution)) return execution;
        for await (const _ of readStream(server, id, afterAll, signal)) reached();
      } catch (error) {
        failure = error;
      }
      await wait(failure);
    }
  } finally {
    end();
  }
}
