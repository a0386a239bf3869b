import {
  type Cache,
  type CallOptions,
  type Clock,
  type Duration,
  toMilliseconds,
  toRunError,
} from '@aiwork/core';
import { checkKey, createCallGate, systemClock, untilAborted } from '@aiwork/core/adapter-kit';
import { type CacheListener, tell } from './cache-event.ts';
import { forgivingCache } from './forgiving-cache.ts';
import { keyWrites } from './key-writes.ts';
import { openLoaded, sealAbsent, sealLoaded } from './loaded-envelope.ts';
import { singleFlight } from './single-flight.ts';

/** @since 0.1.0 */
export interface ReadThroughOptions<T> {
  readonly cache: Cache;
  /** Fetches what is not in the cache; `undefined`: there is nothing. The signal aborts when nobody waits any more. */
  load(key: string, options: { readonly signal: AbortSignal }): Promise<T | undefined>;
  /** How long what was loaded is given without another look. */
  readonly freshFor: Duration;
  /** How much longer it is given while it is loaded anew in the background, also when that fails. Default 0. */
  readonly staleFor?: Duration;
  /** How long it is known that there is nothing. Default 0: it is asked again each time. */
  readonly absentFor?: Duration;
  /** Default: JSON. */
  readonly encode?: (value: T) => Uint8Array;
  readonly decode?: (bytes: Uint8Array) => T;
  /** Sees what happens. */
  readonly onEvent?: CacheListener;
  /** Default: the machine's. */
  readonly clock?: Pick<Clock, 'now'>;
}

/** @since 0.1.0 */
export interface ReadThrough<T> extends AsyncDisposable {
  /** From the cache, or loaded; `undefined` where there is nothing. */
  get(key: string, options?: CallOptions): Promise<T | undefined>;
  /** Has it loaded anew by whoever asks next, also while it is being loaded. */
  forget(key: string, options?: CallOptions): Promise<void>;
  /** Aborts what is being loaded, and waits for nothing. The cache stays open. */
  close(): Promise<void>;
}

/**
 * Loads what a cache does not have, once for all who ask at the same time. A load that fails is told to those who wait for
 * it and not kept. A cache that fails is taken for an empty one.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { memoryCache, readThrough } from '@aiwork/cache';
 *
 * let loads = 0;
 * await using users = readThrough({
 *   cache: memoryCache(),
 *   async load(id) {
 *     loads += 1;
 *     return { id, name: 'Ada' };
 *   },
 *   freshFor: '1m',
 *   staleFor: '1h',
 * });
 * const [one, other] = await Promise.all([users.get('7'), users.get('7')]);
 * console.log(one?.name, other?.name, loads); // Ada Ada 1
 * ```
 * @since 0.1.0
 */
export function readThrough<T>(options: ReadThroughOptions<T>): ReadThrough<T> {
  const { cache, load, onEvent, clock = systemClock, encode = toJson, decode = fromJson } = options;
  const freshMs = toMilliseconds(options.freshFor, 'freshFor');
  const staleMs = toMilliseconds(options.staleFor ?? 0, 'staleFor');
  const absentMs = toMilliseconds(options.absentFor ?? 0, 'absentFor');
  const kept = forgivingCache(cache, onEvent);
  const flights = singleFlight<T | undefined>();
  const writes = keyWrites();
  const closing = new AbortController();
  const gate = createCallGate('what reads through the cache', () => {});

  function close(): Promise<void> {
    // First: those inside the gate wait for loads, and for the cache.
    closing.abort(new DOMException('it was closed', 'AbortError'));
    flights.abortAll(closing.signal.reason);
    return gate.close();
  }

  function loadAndKeep(key: string, signal: AbortSignal): Promise<T | undefined> {
    const loading = async () => {
      const value = await load(key, { signal });
      signal.throwIfAborted();
      return value;
    };
    return writes.read(key, loading, async (value) => {
      if (value === undefined) {
        if (absentMs > 0) await kept.set(key, sealAbsent(), absentMs);
      } else if (freshMs + staleMs > 0) {
        await kept.set(key, sealLoaded(encode(value), clock.now() + freshMs), freshMs + staleMs);
      }
    });
  }

  function refresh(key: string): void {
    if (flights.has(key)) return;
    flights
      .join(key, (signal) => loadAndKeep(key, signal))
      .catch((error: unknown) => tell(onEvent, { type: 'refresh-failed', key, error: toRunError(error) }));
  }

  return {
    get(key, { signal } = {}) {
      return gate.pass(async () => {
        signal?.throwIfAborted();
        checkKey(key, cache.capabilities.maxKeyBytes);
        const wanted = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
        const sealed = await untilAborted(kept.get(key), wanted);
        const found = sealed && openLoaded(sealed, decode);
        if (found?.kind === 'absent') {
          tell(onEvent, { type: 'absent-hit', key });
          return undefined;
        }
        if (found) {
          const isFresh = clock.now() < found.freshUntil;
          tell(onEvent, { type: isFresh ? 'hit' : 'stale-hit', key });
          if (!isFresh) refresh(key);
          return found.value;
        }
        tell(onEvent, { type: flights.has(key) ? 'joined' : 'miss', key });
        return flights.join(key, (whileWanted) => loadAndKeep(key, whileWanted), wanted);
      });
    },

    forget(key, callOptions) {
      return gate.pass(async () => {
        // What is being loaded may be from before.
        flights.letGo(key);
        await writes.write(key, () => cache.delete(key, callOptions));
      });
    },

    close,
    [Symbol.asyncDispose]: close,
  };
}

const toJson = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const fromJson = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes));
