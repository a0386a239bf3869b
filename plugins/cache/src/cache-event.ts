import type { RunError } from '@aiwork/core';

/** What a cache did for a load or a model. Plain data. @since 0.1.0 */
export type CacheEvent = { readonly key: string } & (
  | { readonly type: 'hit' }
  /** Given though no longer fresh; it is loaded anew in the background. */
  | { readonly type: 'stale-hit' }
  /** It is known that there is nothing. */
  | { readonly type: 'absent-hit' }
  | { readonly type: 'miss' }
  /** Somebody else was loading it already. */
  | { readonly type: 'joined' }
  | { readonly type: 'refresh-failed'; readonly error: RunError }
  /** The cache could not be read or written: as if it had nothing. */
  | { readonly type: 'cache-failed'; readonly error: RunError }
);

/** What it throws is a process warning, and harms nothing. @since 0.1.0 */
export type CacheListener = (event: CacheEvent) => void;

/** Tells a listener, whatever it does. */
export function tell(listener: CacheListener | undefined, event: CacheEvent): void {
  harmlessly(`a listener to events of a cache, at "${event.type}",`, () => listener?.(event));
}

/** Calls what its user gave; what it throws is a process warning. */
export function harmlessly(what: string, call: () => void): void {
  try {
    call();
  } catch (error) {
    process.emitWarning(
      `${what} threw: ${error instanceof Error ? error.message : String(error)}`,
      'AiworkWarning',
    );
  }
}
