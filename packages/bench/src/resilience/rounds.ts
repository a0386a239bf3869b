// Runs in the subject's own process.
import { percentile } from '../measure.ts';
import {
  aliveProvider,
  answer,
  deadProvider,
  failingProvider,
  type ProviderCall,
  requestMs,
  seededRandom,
} from './provider.ts';
import type { Ask, ResilienceSubject } from './subject.ts';

let subject: ResilienceSubject;

export async function load(module: string): Promise<{ readonly fallsBack: boolean }> {
  ({ subject } = (await import(module)) as { subject: ResilienceSubject });
  return { fallsBack: subject.fallingBack !== undefined };
}

export interface FailureRound {
  /** Share of the requests that were answered in time. */
  readonly succeeded: number;
  /** Calls of the provider a request. */
  readonly calls: number;
  /** Of each request, in milliseconds. */
  readonly times: readonly number[];
}

/** Makes `requests`, `together` at once, of which the provider fails `share` of the calls. */
export async function failing(
  requests: number,
  together: number,
  share: number,
  seed: number,
): Promise<FailureRound> {
  let calls = 0;
  const provider = failingProvider(share, seededRandom(seed));
  const counted: ProviderCall = (signal) => {
    calls += 1;
    return provider(signal);
  };
  let succeeded = 0;
  const times = await timed(subject.retrying(counted), requests, together, (gave, ms) => {
    if (gave === answer && ms <= requestMs) succeeded += 1;
  });
  return { succeeded: succeeded / requests, calls: calls / requests, times };
}

export interface DeadRound {
  /** Mean milliseconds of requests to a dead provider, with one behind it that answers. */
  readonly behindMs: number;
  /** Of requests to that one alone, made in the same seconds: what disturbs the machine disturbs both. */
  readonly aloneMs: number;
  /** The slowest one of a hundred of those behind. */
  readonly behindP99Ms: number;
}

export async function dead(requests: number, together: number, answerMs: number): Promise<DeadRound> {
  const second = aliveProvider(answerMs);
  const ask = subject.fallingBack?.(deadProvider, second);
  if (!ask) throw new Error('the subject has no fallback');
  // Until its breaker is open.
  await timed(ask, 2 * together, together, requireAnswer);
  const [behind, alone] = await Promise.all([
    timed(ask, requests, together, requireAnswer),
    timed(() => second(never), requests, together, requireAnswer),
  ]);
  return { behindMs: mean(behind), aloneMs: mean(alone), behindP99Ms: percentile(behind, 0.99) };
}

const never = new AbortController().signal;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Microseconds of a request whose provider answers at once. */
export async function overhead(requests: number): Promise<number> {
  const ask = subject.retrying(async () => answer);
  const begin = performance.now();
  for (let i = 0; i < requests; i += 1) requireAnswer(await ask());
  return ((performance.now() - begin) / requests) * 1000;
}

function requireAnswer(gave: unknown): void {
  if (gave !== answer) throw new Error(`a request gave ${gave}`);
}

async function timed(
  ask: Ask,
  requests: number,
  together: number,
  see: (gave: unknown, ms: number) => void,
): Promise<number[]> {
  const times: number[] = [];
  let left = requests;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      const begin = performance.now();
      const gave = await ask().catch((error: unknown) => error);
      const ms = performance.now() - begin;
      times.push(ms);
      see(gave, ms);
    }
  };
  await Promise.all(Array.from({ length: together }, one));
  return times;
}
