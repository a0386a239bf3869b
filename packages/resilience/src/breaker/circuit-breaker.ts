import { toMilliseconds, toRunError } from '@aiwork/core';
import type { CallContext, Layer, Source } from '../layer.ts';
import { isRefusal, refusal } from '../layer-error.ts';
import { type BreakerOptions, breakerSettings } from './breaker-options.ts';
import { type BreakerPhase, breakerState } from './breaker-state.ts';
import { type CallResult, shadowProbe } from './shadow-probe.ts';
import { sharedBreaker } from './shared-breaker.ts';

/** @since 0.1.0 */
export interface CircuitBreaker extends Layer<'breaker'> {
  readonly id: string;
  /** As of the last call: an open one whose time is over is half-open with the next. */
  readonly phase: BreakerPhase;
}

/** What a group does with its breakers. */
export interface GroupedBreaker extends CircuitBreaker {
  /** Opens it because its group does. */
  openWithGroup(moment: Moment): void;
}

type Moment = Pick<CallContext, 'clock' | 'emit'>;

/**
 * Stops calling what fails: once too many calls of the last while failed, further ones are refused at once with
 * `AIWORK_BREAKER_OPEN` (`retryable`, with `retryAfterMs`), until a probe succeeds. One that is used in several places is
 * one breaker. A longer `Retry-After` of the failure that opens it is heeded.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { circuitBreaker, protectCall } from '@aiwork/resilience';
 *
 * const breaker = circuitBreaker({ id: 'search', minCalls: 2 });
 * const search = protectCall(async () => {
 *   throw new Error('down');
 * }, [breaker]);
 * for (let i = 0; i < 3; i += 1) await search().catch((error) => console.log(error.message.split(':')[0]));
 * // down
 * // down
 * // circuit breaker "search" is open
 * ```
 * @since 0.1.0
 */
export function circuitBreaker(options: BreakerOptions): CircuitBreaker {
  return groupedBreaker(options);
}

/** As {@link circuitBreaker}; `onOpen` is told when calls or a probe opened it, not when the group did. */
export function groupedBreaker(options: BreakerOptions, onOpen?: (moment: Moment) => void): GroupedBreaker {
  const settings = breakerSettings(options);
  const { id, probe } = settings;
  const state = breakerState(settings);
  const shared =
    options.shared &&
    sharedBreaker({
      id,
      store: options.shared.store,
      key: options.shared.key ?? `aiwork-breaker/${id}`,
      refreshMs: toMilliseconds(options.shared.refresh ?? '1s', `shared.refresh of circuit breaker "${id}"`),
    });
  let phase: BreakerPhase = 'closed';
  /** Opened by another process, which also probes: this one does so later, should nothing be heard of the other. */
  let byPeer = false;
  let peerUntil = 0;
  let isProbing = false;
  /** Calls at work that have given nothing yet. */
  let undecided = 0;

  function open(by: 'calls' | 'probe' | 'group', moment: Moment, error?: unknown): void {
    const now = moment.clock.now();
    const leastMs = error === undefined ? 0 : toRunError(error).retryAfterMs;
    const openMs = state.open(now, leastMs);
    phase = 'open';
    byPeer = false;
    moment.emit({ type: 'breaker.opened', breaker: id, openMs, by });
    shared?.tellOpen(now + openMs, settings.probeTimeoutMs, moment);
    if (by !== 'group') onOpen?.(moment);
  }

  function close(by: 'probe' | 'peer', moment: Moment): void {
    state.close();
    phase = 'closed';
    byPeer = false;
    moment.emit({ type: 'breaker.closed', breaker: id, by });
    if (by === 'probe') shared?.tellClosed(moment);
  }

  function hear(openUntil: number | undefined, moment: Moment): void {
    const now = moment.clock.now();
    if (openUntil === undefined) {
      if (byPeer) close('peer', moment);
    } else if (openUntil > now && (phase === 'closed' || (byPeer && openUntil > peerUntil))) {
      peerUntil = openUntil;
      state.openUntil(openUntil + settings.probeTimeoutMs, now);
      phase = 'open';
      byPeer = true;
      moment.emit({ type: 'breaker.opened', breaker: id, openMs: openUntil - now, by: 'peer' });
    }
  }

  function settle(result: CallResult, moment: Moment, probed: boolean): void {
    if (probed) isProbing = false;
    // What was not called has neither failed nor succeeded.
    if (isRefusal(result.error)) return;
    const failed = 'error' in result && settings.isFailure(result.error);
    const now = moment.clock.now();
    if (probed) {
      if (failed) open('probe', moment, result.error);
      else close('probe', moment);
    } else if (phase !== 'closed') return;
    else if (!failed) state.success(now);
    else if (state.failure(now, undecided)) open('calls', moment, result.error);
  }

  /** Whether the call is a probe. @throws `AIWORK_BREAKER_OPEN`. */
  function admit<Input, Item>(
    inner: Source<Input, Item>,
    input: Input,
    context: CallContext<Input, Item>,
  ): boolean {
    shared?.refresh(context, (openUntil) => hear(openUntil, context));
    if (phase === 'closed') return false;
    const now = context.clock.now();
    if (state.phase(now) === 'half-open' && !isProbing) {
      isProbing = true;
      byPeer = false;
      phase = 'half-open';
      context.emit({ type: 'breaker.half-opened', breaker: id });
      if (probe === 'call') return true;
      void shadowProbe(inner, input, context, settings.probeTimeoutMs).then((result) =>
        settle(result, context, true),
      );
    }
    const retryAfterMs = state.leftMs(now);
    context.emit({ type: 'breaker.refused', breaker: id, retryAfterMs });
    const until = retryAfterMs > 0 ? `it is probed in ${Math.ceil(retryAfterMs)} ms` : 'it is being probed';
    throw refusal('AIWORK_BREAKER_OPEN', `circuit breaker "${id}" is open: ${until}`, retryAfterMs);
  }

  return {
    kind: 'breaker',
    id,
    get phase() {
      return phase;
    },
    openWithGroup(moment) {
      if (phase === 'closed') open('group', moment);
    },
    wrap: (inner) =>
      async function* (input, context) {
        const probed = admit(inner, input, context);
        let shown = false;
        let settled = false;
        let isUndecided = true;
        const decide = () => {
          if (isUndecided) undecided -= 1;
          isUndecided = false;
        };
        const settleOnce = (result: CallResult) => {
          if (settled) return;
          settled = true;
          decide();
          settle(result, context, probed);
        };
        undecided += 1;
        try {
          for await (const item of inner(input, context)) {
            shown ||= context.isOutput(item);
            if (shown) decide();
            yield item;
          }
          settleOnce({});
        } catch (error) {
          // A caller that goes away says nothing of what was called.
          if (!context.signal.aborted) settleOnce({ error });
          throw error;
        } finally {
          decide();
          if (shown) settleOnce({});
          if (probed && !settled) isProbing = false;
        }
      },
  };
}
