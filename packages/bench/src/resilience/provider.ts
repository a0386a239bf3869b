import { setTimeout as sleep } from 'node:timers/promises';
import { AiworkError } from '@aiwork/core';

/** A call to a provider, that stops when its signal aborts. */
export type ProviderCall = (signal: AbortSignal) => Promise<string>;

export const answer = 'answer';
/** What an attempt may take before it is given up. */
export const attemptMs = 60;
/** What a whole request may take. */
export const requestMs = 5000;
export const maxAttempts = 8;

const answerMs = 2;
const retryAfterMs = 10;

/**
 * Answers after 2 ms, and fails a share of its calls: of ten failures five are a status 503, three a status 429 that asks
 * for 10 ms, two never answer.
 */
export function failingProvider(share: number, random: () => number): ProviderCall {
  return async (signal) => {
    const failure = random() < share ? random() : undefined;
    if (failure !== undefined && failure >= 0.8) await sleep(3_600_000, undefined, { signal });
    await sleep(answerMs, undefined, { signal });
    if (failure === undefined) return answer;
    throw failure < 0.5
      ? new AiworkError('AIWORK_BENCH_DOWN', 'status 503', { retryable: true })
      : new AiworkError('AIWORK_BENCH_BUSY', 'status 429', { retryable: true, retryAfterMs });
  };
}

/** Takes connections and never answers. */
export const deadProvider: ProviderCall = (signal) => sleep(3_600_000, answer, { signal });

/** Answers after `ms`. */
export const aliveProvider =
  (ms: number): ProviderCall =>
  (signal) =>
    sleep(ms, answer, { signal });

/** The same numbers each time (a linear congruential generator, constants of Numerical Recipes). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
