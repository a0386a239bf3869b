import type { Cache } from '@aiwork/core';
import fc, { type AsyncCommand } from 'fast-check';
import { bytesOf, type CacheChecks, read, textOf } from './entries.ts';

/** What a cache is, in the fewest words: what it may give, and the one thing it must. */
export interface CacheModel {
  /** What a hit of a key has to be. A key that is not here has to miss. */
  readonly entries: Map<string, { readonly text: string; readonly expiresAt: number }>;
  /** The key that was set last: until something else is set, it is not evicted. */
  last: string | undefined;
}

interface CacheReal {
  readonly cache: Cache;
  readonly t: CacheChecks;
}

type Command = AsyncCommand<CacheModel, CacheReal>;

export const modelKeys = ['a', 'ab', 'a*', '__proto__', '\u{1f600}'] as const;

const key = fc.constantFrom(...modelKeys);
/** The same ones come again, so that an entry is also replaced by what it was. */
const text = fc.oneof(fc.constantFrom('', 'v'), fc.uint8Array({ maxLength: 12 }).map(textOf));

function live({ entries }: CacheModel, { t }: CacheReal, name: string) {
  const entry = entries.get(name);
  return entry && entry.expiresAt > t.now() ? entry : undefined;
}

const setCommand = (name: string, value: string, ttlMs: number | null): Command => ({
  check: () => true,
  async run(model, { cache, t }) {
    await cache.set(name, bytesOf(value), ttlMs === null ? {} : { ttlMs });
    const expiresAt = ttlMs === null ? Number.POSITIVE_INFINITY : t.now() + ttlMs;
    model.entries.set(name, { text: value, expiresAt });
    model.last = name;
  },
  toString: () => `set(${name}, ${JSON.stringify(value)}, ttl ${ttlMs ?? 'none'})`,
});

const getCommand = (name: string): Command => ({
  check: () => true,
  async run(model, real) {
    const entry = live(model, real, name);
    const seen = await read(real.cache, name);
    const mayMiss = entry === undefined || model.last !== name;
    if (seen === undefined && mayMiss) return;
    real.t.same(seen, entry?.text, `get(${name})`);
  },
  toString: () => `get(${name})`,
});

const deleteCommand = (name: string): Command => ({
  check: () => true,
  async run(model, real) {
    const entry = live(model, real, name);
    const deleted = await real.cache.delete(name);
    const evicted = !deleted && model.last !== name;
    if (!evicted) real.t.same(deleted, entry !== undefined, `delete(${name})`);
    model.entries.delete(name);
  },
  toString: () => `delete(${name})`,
});

const waitCommand = (ms: number): Command => ({
  check: () => true,
  run: (_model, { t }) => t.wait(ms),
  toString: () => `wait(${ms})`,
});

/** Commands for what the cache can do; time is only let pass where that costs none. */
export function cacheCommands(t: CacheChecks): readonly fc.Arbitrary<Command>[] {
  const timed = t.manualTime && t.capabilities.ttl;
  const ttlMs = timed ? fc.option(fc.integer({ min: 1, max: 50 })) : fc.constant(null);
  return [
    fc.tuple(key, text, ttlMs).map((args) => setCommand(...args)),
    key.map(getCommand),
    key.map(deleteCommand),
    ...(timed ? [fc.integer({ min: 1, max: 40 }).map(waitCommand)] : []),
  ];
}
