import { inspect } from 'node:util';
import type { RedisOptions } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { createClient } from './client.ts';
import { keyspaceOf } from './keyspace.ts';
import type { RedisStorageOptions } from './options.ts';
import { errorOf } from './redis-server.fixture.ts';
import { redisStorage } from './storage.ts';

const secret = 'hunter2-of-the-test';

describe('options that cannot be used', () => {
  it.each<[what: string, options: RedisStorageOptions, says: RegExp]>([
    ['a URL that is none', { url: `${secret}@nowhere` }, /is not a URL/],
    ['another protocol', { url: `http://:${secret}@localhost` }, /begins with http:/],
    ['no host', { url: `redis://:${secret}@` }, /is not a URL|has no host/],
    ['a path that is no database', { url: `redis://:${secret}@localhost/shop` }, /no number of a database/],
    ['a query', { url: `redis://:${secret}@localhost?password=${secret}` }, /has a query/],
    ['a broken password', { url: `redis://:${secret}%zz@localhost` }, /percent/],
    [
      'url and cluster',
      { url: 'redis://localhost', cluster: { nodes: ['redis://localhost'] } },
      /url and cluster/,
    ],
    ['url and a socket', { url: 'redis://localhost', client: { path: '/redis' } }, /url and client\.path/],
    ['url and sentinels', { url: 'redis://localhost', client: { sentinels: [] } }, /url and client\.sent/],
    ['a cluster without nodes', { cluster: { nodes: [] } }, /at least one node/],
    ['a prefix with braces', { keyPrefix: '{shop}:' }, /keyPrefix is "\{shop\}:".*without braces/],
    ['an empty namespace', { namespace: '' }, /the namespace is ""/],
    ['a namespace with half a character', { namespace: '\ud83d' }, /unpaired surrogate/],
    ['no time to connect', { connectTimeoutMs: 0 }, /connectTimeoutMs is 0/],
    ['no time for a call', { commandTimeoutMs: Number.POSITIVE_INFINITY }, /commandTimeoutMs is/],
    ['a limit of nothing', { maxValueBytes: 0 }, /maxValueBytes is 0/],
  ])('%s', async (_what, options, says) => {
    const error = await errorOf(redisStorage(options));
    expect(error).toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      message: expect.stringMatching(says),
      outcome: 'not-applied',
    });
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
  });
});

describe('a URL', () => {
  const times = { connectTimeoutMs: 1, commandTimeoutMs: 1 };
  it.each([
    ['redis://a', 'a:7000/3'],
    ['redis://a:7001', 'a:7001/3'],
    ['redis://a/0', 'a:7000/0'],
    ['redis://a:7001/4', 'a:7001/4'],
  ])('comes first in what it says, and client in what it does not: %s is %s', (url, address) => {
    const { where, client } = createClient({ url, client: { port: 7000, db: 3 } }, times);
    expect(where).toBe(`Redis at ${address}`);
    const { host, port, db } = client.redis.options as RedisOptions;
    expect(`${host}:${port}/${db}`).toBe(address);
  });
});

describe('a connection that is idle', () => {
  const times = { connectTimeoutMs: 1, commandTimeoutMs: 1 };
  it.each([
    [{}, 30_000],
    [{ client: { keepAlive: 5000 } }, 5000],
  ])('is kept alive before a balancer forgets it: %j', (options, keepAlive) => {
    expect(createClient(options, times).client.redis.options).toMatchObject({ keepAlive });
  });
});

describe('a keyspace', () => {
  it('gives no two pairs of prefix and namespace a key in common', () => {
    const pairs = ['', 'a', 'a:', 'a:b', 'b:'].flatMap((keyPrefix) =>
      ['a', 'b', 'a:b', ':', '%3A', '{b}', '}', '%7Db'].map((namespace) => ({ keyPrefix, namespace })),
    );
    const spaces = pairs.flatMap((pair) => Object.values(keyspaceOf(pair)));
    expect(new Set(spaces).size).toBe(spaces.length);
    for (const one of spaces) {
      expect(spaces.filter((other) => other !== one && other.startsWith(one))).toEqual([]);
    }
  });

  it('keeps the hash tag whatever the namespace and the key are', () => {
    const { together, spread } = keyspaceOf({ keyPrefix: 'p:', namespace: 'x}y{z' });
    expect(/\{(.*?)\}/.exec(`${together}state:}{`)?.[1]).toBe('x%7Dy%7Bz');
    expect(/\{(.*?)\}/.exec(`${spread}cache:{k}`)?.[1]).toBe('');
  });
});
