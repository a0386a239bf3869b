import type { RunError } from '@aiwork/core';

/** Which wait was over. @since 0.1.0 */
export type TimeoutOf = 'first-output' | 'idle' | 'total' | 'deadline';

type Of<T extends string, Fields = unknown> = { readonly type: T } & Fields;

/** What a layer did, without time and place. Plain data: it can be logged, emitted and journaled. @since 0.1.0 */
export type ResilienceEventBody =
  | Of<'call.succeeded', { readonly durationMs: number }>
  /** `shown`: a part of the answer had been given, so that nothing could be tried again. */
  | Of<'call.failed', { readonly durationMs: number; readonly shown: boolean; readonly error: RunError }>
  /** Whoever asked aborted it, or stopped reading. */
  | Of<'call.left', { readonly durationMs: number }>
  /** `attempt` is the one that failed, from 1. */
  | Of<'retry', { readonly attempt: number; readonly delayMs: number; readonly error: RunError }>
  /** Another attempt would have been worth it, and was not made: what forbade it. */
  | Of<
      'retry.refused',
      {
        readonly by: 'budget' | 'deadline' | 'retry-after';
        readonly attempt: number;
        readonly error: RunError;
      }
    >
  | Of<'hedge', { readonly attempt: number; readonly afterMs: number }>
  | Of<'hedge.refused', { readonly by: 'budget' }>
  /** A later attempt answered first; the others were aborted. */
  | Of<'hedge.won', { readonly attempt: number }>
  | Of<'timeout', { readonly of: TimeoutOf; readonly limitMs: number }>
  | Of<
      'breaker.opened',
      { readonly breaker: string; readonly openMs: number; readonly by: 'calls' | 'probe' | 'peer' | 'group' }
    >
  | Of<'breaker.half-opened', { readonly breaker: string }>
  | Of<'breaker.closed', { readonly breaker: string; readonly by: 'probe' | 'peer' }>
  | Of<'breaker.refused', { readonly breaker: string; readonly retryAfterMs: number }>
  /** The store that shares its state could not be read or written; the breaker goes on by itself. */
  | Of<'breaker.not-shared', { readonly breaker: string; readonly error: RunError }>
  | Of<'bulkhead.waiting', { readonly bulkhead: string; readonly queued: number }>
  | Of<'bulkhead.refused', { readonly bulkhead: string; readonly by: 'queue' | 'wait' }>
  | Of<
      'rate-limit.waiting',
      { readonly rateLimit: string; readonly by: RateLimitReason; readonly waitMs: number }
    >
  | Of<
      'rate-limit.refused',
      { readonly rateLimit: string; readonly by: RateLimitReason; readonly waitMs: number }
    >
  /** `from` failed for the reason in `error`; `to` is asked next. */
  | Of<'fallback', { readonly from: string; readonly to: string; readonly error: RunError }>;

/** What a call waits for: the limit of requests, that of tokens, or what the provider asked for. @since 0.1.0 */
export type RateLimitReason = 'requests' | 'tokens' | 'provider';

/** One thing that a layer did. @since 0.1.0 */
export type ResilienceEvent = ResilienceEventBody & {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Of the model or call that is protected. */
  readonly id: string;
};

/** Sees events at once, in order. What it throws is a process warning and harms no call. @since 0.1.0 */
export type ResilienceListener = (event: ResilienceEvent) => void;
