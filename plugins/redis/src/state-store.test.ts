import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { errorOf, redisServer } from './redis-server.fixture.ts';

const server = redisServer();
const keysOf = (store: { keys(): AsyncIterable<string> }) => Array.fromAsync(store.keys());

describe('state in Redis', () => {
  it('lists a key that was made permanent after the time it once had', async () => {
    const { stateStore } = await server.storage();
    await stateStore.set('other', 1);
    await stateStore.set('other', 2);
    await stateStore.set('key', 1, { ttlMs: 50 });
    // Replaces without looking at what the key had.
    await stateStore.set('key', 2);
    await stateStore.set('key', 3);
    await delay(80);
    expect(await keysOf(stateStore)).toEqual(['key', 'other']);
    expect((await stateStore.get('key'))?.value).toBe(3);
    await stateStore.set('key', 4, { ttlMs: 30 });
    await delay(60);
    expect(await keysOf(stateStore)).toEqual(['other']);
  });

  it('forgets keys that expired and were never looked at', async () => {
    const { stateStore } = await server.storage({ namespace: 'sweep' });
    const admin = server.admin();
    for (let n = 0; n < 150; n += 1) await stateStore.set(`old ${n}`, n, { ttlMs: 1 });
    await delay(20);
    for (let n = 0; n < 150; n += 1) await stateStore.set(`new ${n}`, n, { ttlMs: 60_000 });
    expect(await admin.zcard('aiwork:{sweep}:state-keys')).toBeLessThan(200);
    expect(await admin.zcard('aiwork:{sweep}:state-expiry')).toBeLessThan(200);
    expect(await keysOf(stateStore)).toHaveLength(150);
  });

  it('leaves nothing in Redis when all of it is deleted', async () => {
    const { stateStore } = await server.storage({ namespace: 'empty' });
    await stateStore.set('a', 1);
    await stateStore.set('b', 1, { ttlMs: 60_000 });
    expect(await Promise.all([stateStore.delete('a'), stateStore.delete('b')])).toEqual([true, true]);
    expect(await server.admin().keys('aiwork:{empty}*')).toEqual([]);
  });

  it('names the key of a value that somebody else wrote', async () => {
    const { stateStore } = await server.storage({ namespace: 'odd' });
    const admin = server.admin();
    for (const odd of ['', 'no-version', ' {}', 'v1 {"a":', 'v1 ']) {
      await admin.set('aiwork:{odd}:state:key', odd);
      const error = await errorOf(stateStore.get('key'));
      expect(error).toMatchObject({
        code: 'AIWORK_CORRUPT_DATA',
        message: expect.stringContaining('"aiwork:{odd}:state:key"'),
      });
    }
  });

  it('answers again after every script was forgotten', async () => {
    const { stateStore } = await server.storage();
    await stateStore.set('key', 1, { ttlMs: 60_000 });
    await server.admin().script('FLUSH');
    expect((await stateStore.set('key', 2, { ttlMs: 60_000 })).applied).toBe(true);
    expect((await stateStore.get('key'))?.value).toBe(2);
  });
});
