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
    throw new EngineFailure(status, tidyMessage(native.lastError() ?? `it gave status ${status}`));
  };
  return {
    native,
    check,
    got<T>(call: (slot: Slot<T>) => number) {
      const slot: Slot<T> = [null];
      check(call(slot));
      const [value] = slot;
      if (value === null) throw new EngineFailure(0, 'it gave nothing');
      return value;
    },
    async inBackground(start) {
      const status = await new Promise<number>((resolve, reject) => {
        start((error, given) => {
          if (error) reject(error);
          else resolve(given);
        });
      });
      check(status);
    },
  };
}
