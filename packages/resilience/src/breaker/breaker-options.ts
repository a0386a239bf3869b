import { AiworkError, type Duration, type StateStore } from '@aiwork/core';
import { shareOption, timeOption, wholeOption } from '../options.ts';
import type { BreakerRules } from './breaker-state.ts';

/** @since 0.1.0 */
export interface BreakerOptions {
  /** Names it in errors, events and the store: a provider, or one of its models. */
  readonly id: string;
  /**
   * Opens when this share of the calls in `window` failed; those at work that have given nothing yet are among all. More
   * than 0, at most 1. Default 0.5.
   */
  readonly failureRatio?: number;
  /** Fewer calls in `window` never open it. Default 10. */
  readonly minCalls?: number;
  /** Default `30s`. */
  readonly window?: Duration;
  /** How long it stays open at first; twice as long after each probe that fails. Default `15s`. */
  readonly openFor?: Duration;
  /** Default `5m`. */
  readonly maxOpenFor?: Duration;
  /**
   * Who finds out whether it may close. `call`: the next call, which waits for it and fails with it. `shadow`: a copy of
   * the next call, made beside it and aborted with its first output, while the call itself is refused, and falls back, at
   * once: for calls that may be made twice, such as those of models. Default `call`.
   */
  readonly probe?: 'call' | 'shadow';
  /** How long a shadow may take. Default `10s`. */
  readonly probeTimeout?: Duration;
  /**
   * Which errors count as failures. Default: all but an `AiworkError` that does not say `retryable`, which speaks of the
   * request. Refusals of layers inside count as nothing.
   */
  isFailure?(error: unknown): boolean;
  /** Opens and closes it together with those of the same `id` in other processes. Their clocks have to agree to a second or so. */
  readonly shared?: {
    readonly store: StateStore;
    /** Default `aiwork-breaker/` and the `id`. */
    readonly key?: string;
    /** How old what is known of the others may be; no call waits for it. Default `1s`. */
    readonly refresh?: Duration;
  };
}

/** The options, checked, in milliseconds. */
export interface BreakerSettings extends BreakerRules {
  readonly id: string;
  readonly probe: 'call' | 'shadow';
  readonly probeTimeoutMs: number;
  isFailure(error: unknown): boolean;
}

export function breakerSettings(options: BreakerOptions): BreakerSettings {
  const what = (name: string) => `${name} of circuit breaker "${options.id}"`;
  const failureRatio = shareOption(options.failureRatio ?? 0.5, what('failureRatio'));
  const openMs = timeOption(options.openFor ?? '15s', what('openFor'));
  return {
    id: options.id,
    failureRatio: Math.max(failureRatio, Number.MIN_VALUE),
    minCalls: wholeOption(options.minCalls ?? 10, what('minCalls'), 1),
    windowMs: timeOption(options.window ?? '30s', what('window')),
    openMs,
    maxOpenMs: Math.max(openMs, timeOption(options.maxOpenFor ?? '5m', what('maxOpenFor'))),
    probe: options.probe ?? 'call',
    probeTimeoutMs: timeOption(options.probeTimeout ?? '10s', what('probeTimeout')),
    isFailure: options.isFailure ?? isOfTheProvider,
  };
}

function isOfTheProvider(error: unknown): boolean {
  return !AiworkError.isInstance(error) || error.retryable;
}
