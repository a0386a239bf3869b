import type { Cache } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { memoryCache, tieredCache } from './index.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

/** A cache that counts its reads, and lets a test hold them. */
function watched(cache: Cache) {
  const held: (() => void)[] = [];
  let isHolding = false;
  const self = {
    reads: 0,
    hold: () => {
      isHolding = true;
    },
    release: () => {
      isHolding = false;
      for (const go of held.splice(0)) go();
    },
    cache: {
      ...cache,
      async get(...args: Parameters<Cache['get']>) {
        self.reads += 1;
        const value = await cache.get(...args);
        if (isHolding) await new Promise<void>((resolve) => held.push(resolve));
        return value;
      },
    },
  };
  return self;
}

function tiers({ nearTtlMs = 1000 } = {}) {
  const time = { now: 0 };
  const now = () => time.now;
  const [near, far] = [memoryCache({ now }), watched(memoryCache({ now }))];
  return { time, near, far, now, cache: tieredCache({ near, far: far.cache, nearTtlMs, now }) };
}

describe('tieredCache', () => {
  it('reads near what it has read far, for a while', async () => {
    const { cache, far, time } = tiers();
    await cache.set('key', bytes('value'));
    for (let i = 0; i < 5; i += 1) expect(await cache.get('key')).toEqual(bytes('value'));
    expect(far.reads).toBe(1);
    time.now = 1000;
    await cache.get('key');
    expect(far.reads).toBe(2);
  });

  it('keeps nothing near beyond its time to live', async () => {
    const { cache, time } = tiers();
    await cache.set('key', bytes('value'), { ttlMs: 500 });
    time.now = 499;
    expect(await cache.get('key')).toEqual(bytes('value'));
    time.now = 500;
    expect(await cache.get('key')).toBeUndefined();
  });

  it('keeps nothing near that was replaced while it was read', async () => {
    const { cache, far } = tiers();
    await cache.set('key', bytes('old'));
    far.hold();
    const reading = cache.get('key');
    await cache.set('key', bytes('new'));
    far.release();
    await reading;
    expect(await cache.get('key')).toEqual(bytes('new'));
  });

  it('keeps nothing near that is older than what was set while it was put there', async () => {
    const inner = memoryCache();
    let go = () => {};
    const near: Cache = {
      ...inner,
      async set(...args) {
        await new Promise<void>((resolve) => {
          go = resolve;
        });
        return inner.set(...args);
      },
    };
    const cache = tieredCache({ near, far: memoryCache() });
    await cache.set('key', bytes('old'));
    const reading = cache.get('key');
    await new Promise((resolve) => setImmediate(resolve));
    const writing = cache.set('key', bytes('new'));
    await new Promise((resolve) => setImmediate(resolve));
    go();
    await Promise.all([reading, writing]);
    expect(await inner.get('key')).toBeUndefined();
  });

  it('gives nothing that is over, also where the far tier has it still', async () => {
    const time = { now: 0 };
    const far = memoryCache({ now: () => 0 });
    const cache = tieredCache({ near: memoryCache(), far, now: () => time.now });
    await cache.set('key', bytes('value'), { ttlMs: 500 });
    time.now = 500;
    expect(await cache.get('key')).toBeUndefined();
  });

  it('sees what another process wrote after nearTtlMs at the latest', async () => {
    const { cache, far, now, time } = tiers();
    const other = tieredCache({ near: memoryCache({ now }), far: far.cache, now });
    await cache.set('key', bytes('old'));
    await cache.get('key');
    await other.set('key', bytes('new'));
    time.now = 1000;
    expect(await cache.get('key')).toEqual(bytes('new'));
  });

  it('takes nothing for a value that was not written through tiers', async () => {
    const { cache, far } = tiers();
    await far.cache.set('key', bytes('of somebody else'));
    expect(await cache.get('key')).toBeUndefined();
  });

  it('closes its tiers', async () => {
    const { cache, near } = tiers();
    await cache.close();
    await expect(near.get('key')).rejects.toMatchObject({ code: 'AIWORK_CLOSED' });
  });
});
