import { AiworkError, type Clock, type Duration, toMilliseconds, toRunError } from '@aiwork/core';
import type { RateLimitReason } from './event.ts';
import type { CallContext, Layer } from './layer.ts';
import { refusal } from './layer-error.ts';
import { timeOption, wholeOption } from './options.ts';
import { pause } from './pause.ts';
import { wait } from './wait.ts';
import { type Admission, weighedWindow } from './weighed-window.ts';

/** So much in any stretch of time. @since 0.1.0 */
export interface Rate {
  readonly limit: number;
  readonly per: Duration;
}

/** @since 0.1.0 */
export interface RateLimitOptions {
  /** Names it in errors and events: the provider, or the account. */
  readonly id: string;
  /** Calls that begin. */
  readonly requests?: Rate;
  /**
   * Tokens of models: what a call will use is estimated before (a quarter of the characters it is asked with, and its
   * `maxTokens`; images count as nothing), and set right by what the model says it used.
   */
  readonly tokens?: Rate;
  /** A call that would have to wait longer in all is refused. Default `1m`. */
  readonly maxWait?: Duration;
}

/**
 * Keeps calls within what a provider allows, so that they wait here rather than fail there: no more than `limit` in any
 * `per`, in the order they came. One that is used in several places holds for all of them, in this process. When a call
 * fails with a `Retry-After`, all wait that long, or are refused where that is longer than `maxWait`.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`; calls reject with `AIWORK_RATE_EXCEEDED` (`retryable`), and with
 * `AIWORK_LIMIT_EXCEEDED` when one alone is more than the limit of tokens.
 * @example
 * ```ts
 * import { protectCall, rateLimit } from '@aiwork/resilience';
 *
 * const account = rateLimit({ id: 'account', requests: { limit: 2, per: '1m' }, maxWait: 0 });
 * const ask = protectCall(async () => 'answer', [account]);
 * console.log(await ask(), await ask()); // answer answer
 * await ask().catch((error) => console.log(error.code)); // AIWORK_RATE_EXCEEDED
 * ```
 * @since 0.1.0
 */
export function rateLimit(options: RateLimitOptions): Layer<'rate-limit'> {
  const { id } = options;
  const what = (name: string) => `${name} of rate limit "${id}"`;
  const maxWaitMs = toMilliseconds(options.maxWait ?? '1m', what('maxWait'));
  const windowOf = (rate: Rate | undefined, name: string) =>
    rate &&
    weighedWindow(
      wholeOption(rate.limit, what(`${name}.limit`), 1),
      timeOption(rate.per, what(`${name}.per`)),
      maxWaitMs,
    );
  const requests = windowOf(options.requests, 'requests');
  const tokens = windowOf(options.tokens, 'tokens');
  let paused = pause(0, 0);
  const leftOfPause = (clock: Pick<Clock, 'now'>) => paused.leftMs(clock.now());

  /** When a call may begin, and why not before. */
  function turn(weight: number, now: number): { readonly at: number; readonly by: RateLimitReason } {
    const candidates = [
      { at: requests?.freeAt(1, now) ?? now, by: 'requests' },
      { at: tokens?.freeAt(weight, now) ?? now, by: 'tokens' },
      { at: now + paused.leftMs(now), by: 'provider' },
    ] as const;
    return candidates.reduce((latest, next) => (next.at > latest.at ? next : latest));
  }

  /** Takes the call's part of the limits, for the time when its turn is. */
  async function enter(
    weight: number,
    context: Pick<CallContext, 'clock' | 'emit' | 'signal'>,
  ): Promise<Admission | undefined> {
    const { clock, emit, signal } = context;
    signal.throwIfAborted();
    const now = clock.now();
    if (tokens && weight > tokens.limit) throw tooMany(weight, tokens.limit);
    const { at, by } = turn(weight, now);
    const waitMs = at - now;
    const refuse = (reason: RateLimitReason, leftMs: number) => {
      emit({ type: 'rate-limit.refused', rateLimit: id, by: reason, waitMs: leftMs });
      const message = `rate limit "${id}" (${reason}) is reached for ${Math.ceil(leftMs)} ms`;
      return refusal('AIWORK_RATE_EXCEEDED', message, leftMs);
    };
    if (waitMs > maxWaitMs) throw refuse(by, waitMs);
    const place = requests?.admit(1, Math.max(now, at));
    const admission = tokens?.admit(weight, Math.max(now, at));
    if (waitMs <= 0) return admission;
    emit({ type: 'rate-limit.waiting', rateLimit: id, by, waitMs });
    try {
      await wait(waitMs, clock, signal);
      // A provider may have asked for more meanwhile.
      for (let leftMs = leftOfPause(clock); leftMs > 0; leftMs = leftOfPause(clock)) {
        if (clock.now() + leftMs - now > maxWaitMs) throw refuse('provider', leftMs);
        await wait(leftMs, clock, signal);
      }
    } catch (error) {
      place?.weigh(0);
      admission?.weigh(0);
      throw error;
    }
    return admission;
  }

  function tooMany(weight: number, limit: number): AiworkError {
    return new AiworkError(
      'AIWORK_LIMIT_EXCEEDED',
      `the call needs about ${weight} tokens, more than rate limit "${id}" ever lets through (${limit}): ask for less at once, or raise tokens.limit`,
      { outcome: 'not-applied' },
    );
  }

  return {
    kind: 'rate-limit',
    wrap: (inner) =>
      async function* (input, context) {
        const admission = await enter(tokens ? context.estimateTokens(input) : 0, context);
        try {
          for await (const item of inner(input, context)) {
            const used = context.tokensOf(item);
            if (used !== undefined) admission?.weigh(used);
            yield item;
          }
        } catch (error) {
          const { retryAfterMs } = toRunError(error);
          if (retryAfterMs !== undefined && !context.signal.aborted) {
            const now = context.clock.now();
            paused = pause(now, now + Math.max(paused.leftMs(now), retryAfterMs));
          }
          throw error;
        }
      },
  };
}
