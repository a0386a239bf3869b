import { type Pause, pause } from '../pause.ts';
import { rollingCounts } from '../rolling-counts.ts';

/** `closed`: calls go through. `open`: none does. `half-open`: a few go through, to see. @since 0.1.0 */
export type BreakerPhase = 'closed' | 'open' | 'half-open';

export interface BreakerRules {
  readonly failureRatio: number;
  readonly minCalls: number;
  readonly windowMs: number;
  readonly openMs: number;
  readonly maxOpenMs: number;
}

/** When a breaker opens and closes, without a clock of its own: every call says what time it is. */
export interface BreakerState {
  phase(now: number): BreakerPhase;
  /** How long until it is half-open; 0 when it is not open. */
  leftMs(now: number): number;
  success(now: number): void;
  /**
   * Whether so many calls failed that it has to open. `undecided`: calls at work that have given nothing yet. They count
   * among all, because what fails is often quicker than what succeeds: of many calls at once, failures come first.
   */
  failure(now: number, undecided: number): boolean;
  /** Opens it, for longer each time until it has been closed; at least for `leastMs`. Gives for how long. */
  open(now: number, leastMs?: number): number;
  /** Opens it until a time that was decided elsewhere. */
  openUntil(until: number, now: number): void;
  close(): void;
}

export function breakerState(rules: BreakerRules): BreakerState {
  const counts = rollingCounts<'success' | 'failure'>(rules.windowMs);
  /** `undefined` while it is closed. */
  let opening: Pause | undefined;
  let openings = 0;

  return {
    phase: (now) => (opening === undefined ? 'closed' : opening.leftMs(now) > 0 ? 'open' : 'half-open'),
    leftMs: (now) => opening?.leftMs(now) ?? 0,
    success: (now) => counts.add('success', now),
    failure(now, undecided) {
      counts.add('failure', now);
      const failed = counts.total('failure', now);
      const ended = failed + counts.total('success', now);
      return ended >= rules.minCalls && failed >= rules.failureRatio * (ended + undecided);
    },
    open(now, leastMs = 0) {
      const ownMs = Math.min(rules.maxOpenMs, rules.openMs * 2 ** Math.min(openings, 52));
      const openMs = Math.max(ownMs, leastMs);
      openings += 1;
      opening = pause(now, now + openMs);
      return openMs;
    },
    openUntil(until, now) {
      opening = pause(now, until);
    },
    close() {
      opening = undefined;
      openings = 0;
      counts.clear();
    },
  };
}
