import { reconnection } from './events/reconnection.ts';
import type { Execution } from './execution.ts';
import { getStatus, isOver } from './get-status.ts';
import { pause } from './http/back-off.ts';
import { limit } from './http/limit.ts';
import type { Server } from './http/server-at.ts';

/** How often is asked where the server does not wait for the end itself. */
const pollMs = 1000;

/** An execution once it is over, however long that takes. */
export async function untilOver(server: Server, id: string, callerSignal?: AbortSignal): Promise<Execution> {
  const { signal, end } = limit({ signal: callerSignal, what: `waiting for execution "${id}"` });
  const { progressed, wait } = reconnection(server.settings, signal);
  let { waitSeconds } = server.settings;
  try {
    for (;;) {
      const askedAt = performance.now();
      try {
        const execution = await getStatus(server, id, { signal, waitSeconds, maxAttempts: 1 });
        if (isOver(execution)) return execution;
        progressed();
      } catch (error) {
        // What stands before the server may have less patience.
        if (performance.now() - askedAt > pollMs) waitSeconds = Math.floor(waitSeconds / 2);
        await wait(error);
      }
      await pause(Math.max(0, askedAt + pollMs - performance.now()), signal);
    }
  } finally {
    end();
  }
}
