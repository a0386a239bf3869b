import { type StateStore, toRunError } from '@aiwork/core';
import type { CallContext } from '../layer.ts';

/** What the breakers of other processes tell this one, and are told by it. */
export interface SharedBreaker {
  /** Looks again in the background, unless that was done a moment ago. `onRead` is told until when it is open, if it is. */
  refresh(moment: Moment, onRead: (openUntil: number | undefined) => void): void;
  /** `probeMs`: how long a probe takes after that, at most. */
  tellOpen(until: number, probeMs: number, moment: Moment): void;
  tellClosed(moment: Moment): void;
}

type Moment = Pick<CallContext, 'clock' | 'emit'>;

export interface SharedBreakerOptions {
  readonly id: string;
  readonly store: StateStore;
  readonly key: string;
  readonly refreshMs: number;
}

/** No call waits for the store, and none fails because of it. */
export function sharedBreaker({ id, store, key, refreshMs }: SharedBreakerOptions): SharedBreaker {
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let isReading = false;
  /** One after another, so that the last that is told is the last that is stored. */
  let telling: Promise<unknown> = Promise.resolve();
  let untold = 0;

  function tell(write: () => Promise<unknown>, { emit }: Moment): void {
    untold += 1;
    telling = telling
      .then(write)
      .catch((error: unknown) => emit({ type: 'breaker.not-shared', breaker: id, error: toRunError(error) }))
      .finally(() => {
        untold -= 1;
      });
  }

  async function read({ emit }: Moment, onRead: (openUntil: number | undefined) => void): Promise<void> {
    isReading = true;
    try {
      const value: unknown = (await store.get(key))?.value;
      // What it would say is older than what is being told.
      if (untold === 0) onRead(openUntilOf(value));
    } catch (error) {
      emit({ type: 'breaker.not-shared', breaker: id, error: toRunError(error) });
    } finally {
      isReading = false;
    }
  }

  return {
    refresh(moment, onRead) {
      const now = moment.clock.now();
      // A clock that was set back makes what is known no younger.
      if (isReading || (now >= refreshedAt && now - refreshedAt < refreshMs)) return;
      refreshedAt = now;
      void read(moment, onRead);
    },
    tellOpen(until, probeMs, moment) {
      // Longer than the probe: that it is gone says that the probe succeeded.
      const ttlMs = until - moment.clock.now() + 2 * probeMs;
      tell(() => store.set(key, { openUntil: until }, { ttlMs }), moment);
    },
    tellClosed(moment) {
      tell(() => store.delete(key), moment);
    },
  };
}

function openUntilOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('openUntil' in value)) return undefined;
  return typeof value.openUntil === 'number' ? value.openUntil : undefined;
}
