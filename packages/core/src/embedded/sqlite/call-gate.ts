import { ClosedError } from '../../errors.ts';

/** What lets calls in until it is closed. @since 0.1.0 */
export interface CallGate {
  /** Does `work` unless the gate is closed. */
  pass<T>(work: () => Promise<T>): Promise<T>;
  /** Lets nothing in any more and resolves when what is inside has come out and `afterwards` is done. */
  close(): Promise<void>;
}

/**
 * Makes the gate of an adapter: `close()` is idempotent, waits for the calls inside and then for `afterwards`, which lets
 * go of what the adapter holds; later calls reject with `AIWORK_CLOSED`, naming `what`.
 *
 * @example
 * ```ts
 * import { createCallGate } from '@aiwork/core/adapter-kit';
 *
 * const gate = createCallGate('the store', () => console.log('let go'));
 * const call = gate.pass(async () => 'answer');
 * await gate.close(); // let go
 * console.log(await call); // answer
 * await gate.pass(async () => 'more').catch((error) => console.log(error.code)); // AIWORK_CLOSED
 * ```
 * @since 0.1.0
 */
export function createCallGate(what: string, afterwards: () => void | Promise<void>): CallGate {
  let inside = 0;
  let leftLast: (() => void) | undefined;
  let closing: Promise<void> | undefined;

  async function whenEmpty(): Promise<void> {
    if (inside > 0) {
      await new Promise<void>((resolve) => {
        leftLast = resolve;
      });
    }
    await afterwards();
  }

  return {
    async pass(work) {
      if (closing !== undefined) throw new ClosedError(what);
      inside += 1;
      try {
        return await work();
      } finally {
        inside -= 1;
        if (inside === 0) leftLast?.();
      }
    },
    close() {
      closing ??= whenEmpty();
      return closing;
    },
  };
}
