import type { ExecutionHandle } from '@aiwork/client';
import type { Run } from '@aiwork/core';
import { knownEvents } from './known-events.ts';

/** An execution of a server as a run. */
export function serverRun(handle: ExecutionHandle<unknown>): Run<unknown> {
  return {
    id: handle.id,
    result: () => handle.result(),
    async cancel(reason) {
      await handle.cancel(reason === undefined ? {} : { reason });
      await handle.result().catch(() => {});
    },
    status: async () => (await handle.status()).status,
    [Symbol.asyncIterator]: () => knownEvents(handle.events()),
  };
}
