import type { BreakerPhase } from './breaker/breaker-state.ts';
import type { ResilienceEvent, ResilienceListener } from './event.ts';

/** What happened to the calls of one model or function. @since 0.1.0 */
export interface CallCounts {
  readonly succeeded: number;
  readonly failed: number;
  /** Failed after a part of the answer was given. */
  readonly failedShown: number;
  readonly left: number;
  readonly retries: number;
  readonly retriesRefused: number;
  readonly hedges: number;
  readonly hedgesWon: number;
  readonly timeouts: number;
  readonly refusedByBreaker: number;
  readonly refusedByBulkhead: number;
  readonly refusedByRateLimit: number;
  /** Waits for a rate limit, together, in milliseconds. */
  readonly rateLimitWaitMs: number;
  readonly fallbacks: number;
  /** Of calls that succeeded or failed, together, in milliseconds. */
  readonly durationMs: number;
}

/** @since 0.1.0 */
export interface ResilienceMetrics {
  readonly onEvent: ResilienceListener;
  /** By the id of the model or call. */
  calls(): Readonly<Record<string, CallCounts>>;
  /** By the id of the breaker: those that ever opened. */
  breakers(): Readonly<Record<string, BreakerPhase>>;
}

type Counts = { -readonly [Name in keyof CallCounts]: CallCounts[Name] };

const none: CallCounts = {
  succeeded: 0,
  failed: 0,
  failedShown: 0,
  left: 0,
  retries: 0,
  retriesRefused: 0,
  hedges: 0,
  hedgesWon: 0,
  timeouts: 0,
  refusedByBreaker: 0,
  refusedByBulkhead: 0,
  refusedByRateLimit: 0,
  rateLimitWaitMs: 0,
  fallbacks: 0,
  durationMs: 0,
};

/**
 * Counts events. One of these may listen to any number of models and calls.
 *
 * @example
 * ```ts
 * import { protectCall, resilienceMetrics, retry } from '@aiwork/resilience';
 *
 * const metrics = resilienceMetrics();
 * let asked = 0;
 * const flaky = async () => {
 *   asked += 1;
 *   if (asked === 1) throw new Error('not yet');
 * };
 * await protectCall(flaky, [retry({ minDelay: 1 })], { id: 'flaky', onEvent: metrics.onEvent })();
 * const { succeeded, retries } = metrics.calls()['flaky'] ?? {};
 * console.log(succeeded, retries); // 1 1
 * ```
 * @since 0.1.0
 */
export function resilienceMetrics(): ResilienceMetrics {
  const calls = new Map<string, Counts>();
  const breakers = new Map<string, BreakerPhase>();

  function countsOf(id: string): Counts {
    const counts = calls.get(id) ?? { ...none };
    calls.set(id, counts);
    return counts;
  }

  return {
    onEvent(event) {
      if (!countBreaker(event, breakers)) count(event, countsOf(event.id));
    },
    calls: () => Object.fromEntries([...calls].map(([id, counts]) => [id, { ...counts }])),
    breakers: () => Object.fromEntries(breakers),
  };
}

function countBreaker(event: ResilienceEvent, breakers: Map<string, BreakerPhase>): boolean {
  const phase = (
    { 'breaker.opened': 'open', 'breaker.half-opened': 'half-open', 'breaker.closed': 'closed' } as const
  )[event.type as 'breaker.opened'];
  if (!phase || !('breaker' in event)) return false;
  breakers.set(event.breaker, phase);
  return true;
}

function count(event: ResilienceEvent, counts: Counts): void {
  switch (event.type) {
    case 'call.succeeded':
      counts.succeeded += 1;
      counts.durationMs += event.durationMs;
      break;
    case 'call.failed':
      counts.failed += 1;
      counts.failedShown += event.shown ? 1 : 0;
      counts.durationMs += event.durationMs;
      break;
    case 'rate-limit.waiting':
      counts.rateLimitWaitMs += event.waitMs;
      break;
    default: {
      const name = counted[event.type];
      if (name) counts[name] += 1;
    }
  }
}

const counted: Readonly<Partial<Record<ResilienceEvent['type'], keyof CallCounts>>> = {
  'call.left': 'left',
  retry: 'retries',
  'retry.refused': 'retriesRefused',
  hedge: 'hedges',
  'hedge.won': 'hedgesWon',
  timeout: 'timeouts',
  'breaker.refused': 'refusedByBreaker',
  'bulkhead.refused': 'refusedByBulkhead',
  'rate-limit.refused': 'refusedByRateLimit',
  fallback: 'fallbacks',
};
