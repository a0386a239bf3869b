import { cancelledStatus, EngineFailure, tidyMessage } from './engine-failure.ts';
import type { Native, Slot } from './native.ts';
import { createOverlap } from './overlap.ts';

/** How calls of the library are made and read. */
export interface Calls {
  readonly native: Native;
  /** Throws what the engine says unless the status is one of success. */
  check(status: number): void;
  /** What a call writes to its slot. */
  got<T>(call: (slot: Slot<T>) => number): T;
  /** Makes a call that wipes out the message of others, when there is none to wipe out. */
  alone(work: () => void): Promise<void>;
  /** Makes a call on another thread. One that fails beside others is made once more, alone. */
  inBackground(start: (done: (error: unknown, status: number) => void) => void): Promise<void>;
}

// The library has one place for the message of the last failure. Of two calls that fail at the same time, one would be told
// the message of the other.
const overlap = createOverlap();

export function callsOf(native: Native): Calls {
  const failureOf = (status: number): EngineFailure | undefined =>
    status === 0
      ? undefined
      : new EngineFailure(status, tidyMessage(native.lastError() ?? native.errorName(status)));

  const check = (status: number): void => {
    const failure = failureOf(status);
    if (failure !== undefined) throw failure;
  };

  const ended = (start: Parameters<Calls['inBackground']>[0]): Promise<EngineFailure | undefined> =>
    new Promise((resolve, reject) => {
      start((error, status) => {
        // The message is asked for at once, before anything else can fail.
        if (error) reject(error);
        else resolve(failureOf(status));
      });
    });

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
    alone: (work) => overlap.alone(async () => work()),
    async inBackground(start) {
      const { result: failure, wasAlone } = await overlap.beside(() => ended(start));
      if (failure === undefined) return;
      if (wasAlone || failure.status === cancelledStatus) throw failure;
      const again = await overlap.alone(() => ended(start));
      if (again !== undefined) throw again;
    },
  };
}
