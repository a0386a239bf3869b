import type { Address } from './address.ts';

/**
 * The wire between an adapter and its service, with the faults it can have. A fault holds for connections there are and
 * for new ones until `heal()`.
 *
 * @since 0.1.0
 */
export interface Link {
  readonly address: Address;
  /** Ends every connection at once, with a reset. New ones are let through. */
  cut(): Promise<void>;
  /** Ends every connection and refuses new ones. */
  refuse(): Promise<void>;
  /** Keeps connections and takes new ones, but nothing passes any more, in either direction. */
  blackhole(): Promise<void>;
  /** Delays everything that passes by `ms` milliseconds, in each direction. */
  latency(ms: number): Promise<void>;
  /**
   * The next answer to a request from now on is thrown away and its connection reset: what was asked for was done, and
   * nobody was told. `after`: how many answers pass before it, for calls of several round trips. `hold`: from then on
   * nothing passes any more. Resolves at once; `dropped()` tells whether it happened.
   */
  dropNextReply(options?: { readonly after?: number; readonly hold?: boolean }): Promise<void>;
  dropped(): boolean;
  /** Ends every fault. What was held back is delivered or its connection reset. */
  heal(): Promise<void>;
  close(): Promise<void>;
}
