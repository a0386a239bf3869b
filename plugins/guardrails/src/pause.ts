import { setImmediate } from 'node:timers/promises';

/** How long work may go on before what else the process does gets its turn. */
const atOnceMs = 4;

/**
 * Lets other work of the process have its turn, when it has not had one for some milliseconds.
 *
 * @throws the reason of the signal when it aborts.
 * @internal
 */
export function pauses(signal: AbortSignal): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < atOnceMs) return;
    await setImmediate();
    signal.throwIfAborted();
    since = performance.now();
  };
}
