import { virtualClock } from '@aiwork/core/testing';
import { describe, expect, it } from 'vitest';
import type { CacheEvent } from './index.ts';
import { memoryCache, type ReadThroughOptions, readThrough } from './index.ts';

/** Loads numbers, counting up, each of which a test may hold or fail. */
function counting(options: Partial<ReadThroughOptions<number>> = {}) {
  const clock = virtualClock({ startAt: 0 });
  const events: CacheEvent['type'][] = [];
  const signals: AbortSignal[] = [];
  const cache = memoryCache({ now: clock.now });
  const state = { loads: 0, wait: Promise.resolve() as Promise<unknown> };
  const numbers = readThrough<number>({
    cache,
    async load(_, { signal }) {
      state.loads += 1;
      const number = state.loads;
      signals.push(signal);
      await state.wait;
      return number;
    },
    freshFor: '1m',
    onEvent: ({ type }) => events.push(type),
    clock,
    ...options,
  });
  return { clock, events, signals, cache, state, numbers };
}

describe('readThrough', () => {
  it('loads once for all who ask at the same time, and then not while it is fresh', async () => {
    const { numbers, clock, events } = counting();
    expect(await Promise.all([numbers.get('a'), numbers.get('a'), numbers.get('a')])).toEqual([1, 1, 1]);
    await clock.advance(59_999);
    expect([await numbers.get('a'), events]).toEqual([1, ['miss', 'joined', 'joined', 'hit']]);
    await clock.advance(1);
    expect(await numbers.get('a')).toBe(2);
  });

  it('gives what is stale at once, and loads it anew meanwhile', async () => {
    const { numbers, clock, events, state } = counting({ staleFor: '1h' });
    await numbers.get('a');
    await clock.advance(60_000);
    expect(await Promise.all([numbers.get('a'), numbers.get('a')])).toEqual([1, 1]);
    await clock.advance(0);
    expect([await numbers.get('a'), state.loads, events]).toEqual([
      2,
      2,
      ['miss', 'stale-hit', 'stale-hit', 'hit'],
    ]);
  });

  it('gives what is stale also while it cannot be loaded', async () => {
    const { numbers, clock, events, state } = counting({ staleFor: '1h' });
    await numbers.get('a');
    await clock.advance(60_000);
    state.wait = Promise.reject(new Error('down'));
    expect(await numbers.get('a')).toBe(1);
    await clock.advance(0);
    expect([await numbers.get('a'), events.includes('refresh-failed')]).toEqual([1, true]);
    await clock.advance(3_600_000);
    await expect(numbers.get('a')).rejects.toThrow('down');
  });

  it('keeps that there is nothing for its own time', async () => {
    let loads = 0;
    const { numbers, clock, events } = counting({
      absentFor: '10s',
      load: async () => {
        loads += 1;
        return undefined;
      },
    });
    expect([await numbers.get('a'), await numbers.get('a'), loads]).toEqual([undefined, undefined, 1]);
    await clock.advance(10_000);
    await numbers.get('a');
    expect([loads, events]).toEqual([2, ['miss', 'absent-hit', 'miss']]);
  });

  it('keeps no failure', async () => {
    const { numbers, state } = counting();
    state.wait = Promise.reject(new Error('down'));
    await expect(Promise.all([numbers.get('a'), numbers.get('a')])).rejects.toThrow('down');
    state.wait = Promise.resolve();
    expect(await numbers.get('a')).toBe(2);
  });

  it('aborts a load when nobody waits for it any more, and not before', async () => {
    const { numbers, state, signals, clock } = counting();
    state.wait = new Promise(() => {});
    const aborts = [new AbortController(), new AbortController()];
    const asked = aborts.map(({ signal }) => numbers.get('a', { signal }).catch((reason: unknown) => reason));
    await clock.advance(0);
    aborts[0]?.abort('first');
    expect([await asked[0], signals[0]?.aborted]).toEqual(['first', false]);
    aborts[1]?.abort('second');
    expect([await asked[1], signals[0]?.aborted]).toEqual(['second', true]);
    state.wait = Promise.resolve();
    expect(await numbers.get('a')).toBe(2);
  });

  it('takes a cache that fails for an empty one, and says so', async () => {
    const { numbers, cache, events } = counting();
    await cache.close();
    expect([await numbers.get('a'), await numbers.get('a')]).toEqual([1, 2]);
    expect(events.filter((type) => type === 'cache-failed')).toHaveLength(4);
  });

  it('takes what it cannot read for nothing', async () => {
    const { numbers, cache } = counting();
    await cache.set('a', new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 0, 0x7b]));
    await cache.set('b', new Uint8Array([9]));
    expect([await numbers.get('a'), await numbers.get('b')]).toEqual([1, 2]);
  });

  it('loads anew what was to be forgotten', async () => {
    const { numbers } = counting();
    await numbers.get('a');
    await numbers.forget('a');
    expect(await numbers.get('a')).toBe(2);
  });

  it('keeps nothing that began to load before it was to be forgotten', async () => {
    const { numbers, state, signals } = counting();
    const first = Promise.withResolvers<void>();
    state.wait = first.promise;
    const before = numbers.get('a');
    while (state.loads === 0) await new Promise((resolve) => setImmediate(resolve));
    await numbers.forget('a');
    state.wait = Promise.resolve();
    expect(await numbers.get('a')).toBe(2);
    first.resolve();
    expect(await before).toBe(1);
    expect([await numbers.get('a'), state.loads, signals[0]?.aborted]).toEqual([2, 2, false]);
  });

  it('aborts a load that was to be forgotten when nobody waits for it any more, or it is closed', async () => {
    const { numbers, state, signals } = counting();
    state.wait = new Promise(() => {});
    const leaving = new AbortController();
    const left = numbers.get('a', { signal: leaving.signal });
    const right = numbers.get('b');
    while (state.loads < 2) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([numbers.forget('a'), numbers.forget('b')]);
    leaving.abort(new Error('the user left'));
    await expect(left).rejects.toThrow('the user left');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    await Promise.all([numbers.close(), expect(right).rejects.toThrow('it was closed')]);
  });

  it('waits no longer than its caller does for a cache that is silent', async () => {
    const { cache } = counting();
    const { numbers } = counting({ cache: { ...cache, get: () => new Promise(() => {}) } });
    const leaving = new AbortController();
    const reading = numbers.get('a', { signal: leaving.signal });
    leaving.abort(new Error('the user left'));
    await expect(reading).rejects.toThrow('the user left');
  });

  it('aborts what is waited for when it is closed, whether or not the load listens', async () => {
    const { numbers, state, clock } = counting();
    state.wait = new Promise(() => {});
    const waiting = numbers.get('a');
    const told = expect(waiting).rejects.toThrow('it was closed');
    await clock.advance(0);
    await numbers.close();
    await told;
  });

  it('aborts what it loads in the background when it is closed', async () => {
    const { numbers, clock, state, signals } = counting({ staleFor: '1h' });
    await numbers.get('a');
    await clock.advance(60_000);
    state.wait = new Promise((_, reject) => {
      setImmediate(() => signals[1]?.addEventListener('abort', () => reject(signals[1]?.reason)));
    });
    await numbers.get('a');
    await clock.advance(0);
    await numbers.close();
    expect(signals[1]?.aborted).toBe(true);
    await expect(numbers.get('a')).rejects.toMatchObject({ code: 'AIWORK_CLOSED' });
  });
});
