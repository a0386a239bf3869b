import { describe, expect, it } from 'vitest';
import { memoryCache } from './index.ts';

const bytes = (length: number) => new Uint8Array(length).fill(1);

describe('memoryCache', () => {
  it('evicts what was used least recently when it has as many entries as it may', async () => {
    const cache = memoryCache({ maxEntries: 3 });
    for (const key of ['a', 'b', 'c']) await cache.set(key, bytes(1));
    await cache.get('a');
    await cache.set('d', bytes(1));
    expect([await cache.get('a'), await cache.get('b'), await cache.get('d')]).toEqual([
      bytes(1),
      undefined,
      bytes(1),
    ]);
  });

  it('evicts when it has as many bytes as it may', async () => {
    const cache = memoryCache({ maxBytes: 10_000, maxKeyBytes: 100, maxValueBytes: 3000 });
    for (const key of ['a', 'b', 'c', 'd']) await cache.set(key, bytes(3000));
    expect([await cache.get('a'), await cache.get('b')]).toEqual([undefined, bytes(3000)]);
  });

  it('gives and deletes nothing that has expired', async () => {
    let time = 0;
    const cache = memoryCache({ now: () => time });
    await cache.set('a', bytes(1), { ttlMs: 10 });
    time = 10;
    expect([await cache.get('a'), await cache.delete('a')]).toEqual([undefined, false]);
  });

  it('refuses a room in which its largest entry does not fit', () => {
    expect(() => memoryCache({ maxBytes: 1000, maxValueBytes: 1000 })).toThrow('raise it, or lower these');
    expect(() => memoryCache({ maxEntries: 0 })).toThrow('maxEntries is 0');
  });
});
