import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { serve } from '../src/server.fixture.ts';
import { heldRedis } from './held-redis.fixture.ts';

it('counts requests of all servers that share a Redis, and refuses nothing while it is away', {
  timeout: 300_000,
}, async ({ skip }) => {
  const redis = new Redis(await heldRedis({ skip }), { maxRetriesPerRequest: 1, retryStrategy: () => null });
  redis.on('error', () => {});
  onTestFinished(() => redis.disconnect());

  // Others may count in this Redis, too.
  const principal = { id: `ada-${randomUUID()}`, scopes: ['*:*'] };
  const auth = [{ authenticate: async () => principal }];
  const rateLimit = { max: 5, windowMs: 600_000, redis };
  const [one, other] = [await serve({ auth, rateLimit }), await serve({ auth, rateLimit })];
  const ask = async ({ get }: typeof one) => {
    const { status, headers } = await get('/tasks', { 'x-api-key': 'any' });
    return { status, left: headers.get('ratelimit-remaining') };
  };

  for (const [server, left] of [
    [one, '4'],
    [other, '3'],
    [one, '2'],
    [other, '1'],
    [one, '0'],
  ] as const)
    expect(await ask(server)).toEqual({ status: 200, left });
  expect((await ask(one)).status).toBe(429);
  expect((await ask(other)).status).toBe(429);
  expect(await redis.keys(`aiwork:rate:${principal.id}`)).toHaveLength(1);
  redis.disconnect();
  expect((await ask(one)).status).toBe(200);
});
