import { AiworkError } from '@aiwork/core';
import { type VirtualClock, virtualClock } from '@aiwork/core/testing';
import type { ResilienceEvent } from './event.ts';
import { wait } from './wait.ts';

/** A failure of the other side that may be over later. */
export const unavailable = (retryAfterMs?: number) =>
  new AiworkError('AIWORK_TEST_UNAVAILABLE', 'status 503', {
    retryable: true,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

/** A failure that says something of the request. */
export const refused = () => new AiworkError('AIWORK_TEST_REFUSED', 'status 400');

export interface Watch {
  readonly clock: VirtualClock;
  readonly events: ResilienceEvent[];
  /** Names of the events, and what `show` gives of them. */
  seen(): readonly string[];
  /** For `protectCall` and `protectModel`. */
  readonly options: {
    readonly clock: VirtualClock;
    readonly random: () => number;
    onEvent(event: ResilienceEvent): void;
  };
}

/** A clock whose timers fire as soon as nothing else is left to do, and what was seen by it. Jitter is always in full. */
export function watch({ auto = true } = {}): Watch {
  const clock = virtualClock({ auto, startAt: 0 });
  const events: ResilienceEvent[] = [];
  return {
    clock,
    events,
    seen: () => events.map(({ at, type }) => `${at} ${type}`),
    options: { clock, random: () => 1, onEvent: (event) => events.push(event) },
  };
}

type Step = string | Error | { readonly afterMs: number; readonly gives: string | Error };

/** A call that does what it is told to, one step after another; the last step is repeated. */
export function scriptedCall(clock: VirtualClock, steps: readonly Step[]) {
  const signals: AbortSignal[] = [];
  const call = async (_: unknown, { signal }: { readonly signal: AbortSignal }): Promise<string> => {
    signals.push(signal);
    const step = steps[Math.min(signals.length, steps.length) - 1] as Step;
    const { afterMs, gives } =
      typeof step === 'string' || step instanceof Error ? { afterMs: 0, gives: step } : step;
    if (afterMs > 0) await wait(afterMs, clock, signal);
    if (gives instanceof Error) throw gives;
    return gives;
  };
  return Object.assign(call, { signals });
}

/** The code of the error that `promise` rejects with, or what it gives. */
export function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => (AiworkError.isInstance(error) ? error.code : error));
}
