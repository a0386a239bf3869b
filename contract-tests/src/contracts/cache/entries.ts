import type { Cache, CacheCapabilities } from '@aiwork/core';
import type { CheckContext } from '../../engine/check-context.ts';
import { show, Violation } from '../../engine/violation.ts';

export type CacheChecks = CheckContext<Cache>;

/** Values are written and read here as strings of one character for each byte, which a report can show. */
export const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

export const textOf = ({ buffer, byteOffset, byteLength }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('latin1');

export const put = (cache: Cache, key: string, text: string, options: { readonly ttlMs?: number } = {}) =>
  cache.set(key, bytesOf(text), options);

/** @throws Violation when a value is given that is no `Uint8Array`. */
export async function read(cache: Cache, key: string): Promise<string | undefined> {
  const value: unknown = await cache.get(key);
  if (value === undefined) return undefined;
  if (value instanceof Uint8Array) return textOf(value);
  throw new Violation(`get(${show(key)}) to give a Uint8Array or undefined`, show(value));
}

/** What was set before something else may be evicted, but is never another value than `text`. */
export async function readsOrMisses(t: CacheChecks, cache: Cache, key: string, text: string): Promise<void> {
  const seen = await read(cache, key);
  t.that(
    seen === undefined || seen === text,
    `the value of key ${JSON.stringify(key)} to be ${show(text)}, or a miss`,
    seen,
  );
}

export const withTtl = ({ ttl }: CacheCapabilities) =>
  ttl || 'ttl is declared absent; cache.capabilities.refuses-ttl checks that';
