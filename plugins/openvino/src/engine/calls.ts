import { EngineFailure, tidyMessage } from './engine-failure.ts';
import type { Native, Slot } from './native.ts';

/** How calls of the library are made and read. */
export interface Calls {
  readonly native: Native;
  /** Throws what the engine says unless the status is one of success. */
  check(status: number): void;
  /** What a call writes to its slot. */
  got<T>(call: (slot: Slot<T>) => number): T;
  /** Makes a call on another thread. */
  inBackground(start: (done: (error: unknown, status: number) => void) => void): Promise<void>;
}

export function callsOf(native: Native): Calls {
  const check = (status: number): void => {
    if (status === 0) return;
    const said = native.lastError();
    throw new EngineFailure(tidyMessage(said ?? native.errorName(status)), said === null ? 'unsaid' : 'said');
  };
  return {
    native,
    check,
    got<T>(call: (slot: Slot<T>) => number) {
      const slot: Slot<T> = [null];
      check(call(slot));
      const [value] = slot;
      if (value === null) throw new EngineFailure('it gave nothing');
      return value;
    },
    async inBackground(start) {
      await new Promise<void>((resolve, reject) => {
        start((error, status) => {
          // The message of a failure is asked for at once: the next call that fails takes its place.
          try {
            if (error) throw error;
            check(status);
            resolve();
          } catch (failure) {
            reject(failure);
          }
        });
      });
    },
  };
}
