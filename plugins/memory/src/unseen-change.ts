import { checkSignal, untilAborted } from '@aiwork/core/adapter-kit';
import { inTurns, type Steps } from './turns.ts';

/** Changes that take a while, and that nobody may see half made. */
export interface UnseenChange {
  /** Makes a change, making way for other work between its steps. One at a time. */
  make<T>(steps: Steps<T>): Promise<T>;
  /** Waits until no change is half made: what is searched in the same turn is whole. */
  settled(signal: AbortSignal | undefined): Promise<void>;
}

export function createUnseenChange(): UnseenChange {
  let changing: Promise<unknown> | undefined;

  return {
    async make(steps) {
      const made = inTurns(steps);
      changing = made;
      try {
        return await made;
      } finally {
        changing = undefined;
      }
    },
    async settled(signal) {
      while (changing) {
        const made = changing.catch(() => {});
        await (signal ? untilAborted(made, signal).catch(() => checkSignal(signal)) : made);
      }
    },
  };
}
