import type { ProviderCall } from './provider.ts';

/** A request as a user makes it. */
export type Ask = () => Promise<string>;

/** What makes calls hold. */
export interface ResilienceSubject {
  /** Up to 8 attempts of 60 ms each in 5 s, with exponential backoff from 5 ms and jitter. */
  retrying(call: ProviderCall): Ask;
  /** Asks `first`, 60 ms at most, and `second` when that fails; a circuit breaker before the first. */
  fallingBack?(first: ProviderCall, second: ProviderCall): Ask;
}
