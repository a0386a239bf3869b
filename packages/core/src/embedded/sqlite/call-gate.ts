import { ClosedError } from '../../errors.ts';

/** What lets calls in until it is closed. */
export interface CallGate {
  /** Does `work` unless the gate is closed. */
  pass<T>(work: () => Promise<T>): Promise<T>;
  /** Lets nothing in any more and resolves when what is inside has come out and `afterwards` is done. */
  close(): Promise<void>;
}

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
