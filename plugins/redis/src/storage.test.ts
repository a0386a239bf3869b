import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { createOrchestrator, defineFlow, defineTask } from '@aiwork/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { redis } from './plugin.ts';
import { errorOf, redisServer } from './redis-server.fixture.ts';

const server = redisServer({ appendfsync: 'everysec' });

async function setting(name: string, value: string): Promise<void> {
  const admin = server.admin();
  const [, before = ''] = (await admin.config('GET', name)) as string[];
  await admin.config('SET', name, value);
  onTestFinished(async () => {
    await admin.config('SET', name, before);
  });
}

describe('durability', () => {
  it.each([
    ['yes', 'always', '', 'service-kill'],
    ['yes', 'everysec', '', 'service-restart'],
    ['no', 'always', '3600 1', 'service-restart'],
    ['no', 'always', '', 'process'],
  ])(
    'of appendonly %s, appendfsync %s and save "%s" is %s',
    async (appendonly, appendfsync, save, durability) => {
      await setting('appendonly', appendonly);
      await setting('appendfsync', appendfsync);
      await setting('save', save);
      const { stateStore, runStore, payloadStore, cache, queue } = await server.storage();
      for (const { capabilities } of [stateStore, runStore, payloadStore, cache, queue]) {
        expect(capabilities.durability).toBe(durability);
      }
    },
  );

  it('may be claimed less than it is, and not more', async () => {
    const { stateStore } = await server.storage({ durability: 'process' });
    expect(stateStore.capabilities.durability).toBe('process');
    expect(await errorOf(server.storage({ durability: 'service-kill' }))).toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      message: expect.stringContaining("keep 'service-restart'"),
    });
  });
});

describe('a storage', () => {
  it('keeps one connection for all it opens, until the last of them is closed', async () => {
    const admin = server.admin();
    const clients = async () =>
      String(await admin.client('LIST'))
        .split('\n')
        .filter(Boolean).length;
    const before = await clients();
    const { runStore, payloadStore, stateStore, cache, queue } = await server.storage();
    expect(await clients()).toBe(before + 1);
    await Promise.all([runStore.close(), payloadStore.close(), stateStore.close(), queue.close()]);
    await cache.set('key', new Uint8Array([1]));
    await cache.close();
    await expect.poll(clients).toBe(before);
  });

  it('hears what the server answered while this process computed for long', async () => {
    const { stateStore } = await server.storage({ commandTimeoutMs: 200 });
    await stateStore.set('key', 0);
    const write = stateStore.set('key', 1);
    await setImmediate();
    const end = performance.now() + 300;
    while (performance.now() < end);
    expect(await write).toMatchObject({ applied: true });
  });

  it('warns of a policy that deletes keys', async () => {
    await setting('maxmemory-policy', 'allkeys-lru');
    const { warnings } = await server.storage();
    expect(warnings).toEqual([expect.stringMatching(/allkeys-lru.*noeviction/)]);
  });

  it('warns of a server that keeps nothing on its disk', async () => {
    expect((await server.storage()).warnings).toEqual([]);
    await setting('appendonly', 'no');
    const { warnings } = await server.storage();
    expect(warnings).toEqual([expect.stringMatching(/nothing on its disk.*appendonly/)]);
  });
});

describe('payloads in Redis', () => {
  it('come back whole, in memory of their own, until their run is deleted', async () => {
    const { payloadStore } = await server.storage();
    const data = randomBytes(300_000);
    const whole = new Uint8Array(data);
    const kept = payloadStore.put('run', 'hash', data);
    data.fill(0);
    await kept;
    await payloadStore.put('run', 'hash', new Uint8Array([1]));
    await payloadStore.put('other', 'hash', new Uint8Array(0));
    const read = await payloadStore.get('run', 'hash');
    expect(Buffer.from(read ?? []).equals(whole)).toBe(true);
    expect(read?.buffer.byteLength).toBe(whole.byteLength);
    expect(await payloadStore.get('run', 'hash2')).toBeUndefined();
    await payloadStore.deleteRun('run');
    expect(await payloadStore.get('run', 'hash')).toBeUndefined();
    expect(await payloadStore.get('other', 'hash')).toEqual(new Uint8Array(0));
  });

  it('are refused a byte above the limit, and for runs that cannot be', async () => {
    const { payloadStore } = await server.storage({ maxPayloadBytes: 10 });
    await payloadStore.put('run', 'hash', new Uint8Array(10));
    expect(await errorOf(payloadStore.put('run', 'hash2', new Uint8Array(11)))).toMatchObject({
      code: 'AIWORK_LIMIT_EXCEEDED',
      outcome: 'not-applied',
    });
    expect(await errorOf(payloadStore.get('a\nb', 'hash'))).toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
    });
  });
});

describe('the plugin', () => {
  it('fills five slots by its name and closes them with the orchestrator', async () => {
    const url = server.service().url;
    const task = defineTask({
      id: 'remember',
      input: z.string(),
      async run(text, { use }) {
        const store = use('stateStore', 'main redis');
        await store.set('said', text);
        await use('cache').set('said', Buffer.from(text));
        await use('queue', 'main redis').depth('q', 'g');
        return (await store.get('said'))?.value;
      },
    });
    const ai = createOrchestrator({ plugins: [redis({ url, namespace: 'plugin', name: 'main redis' })] });
    const run = await ai.start(task, 'hello');
    expect(await run.result()).toBe('hello');
    await ai[Symbol.asyncDispose]();
    const { runStore, cache } = await server.storage({ namespace: 'plugin' });
    expect(await runStore.getRun(run.id)).toMatchObject({ status: 'succeeded' });
    expect(Buffer.from((await cache.get('said')) ?? []).toString()).toBe('hello');
  });

  it('warns who operates it', async () => {
    await setting('maxmemory-policy', 'allkeys-lru');
    const warned = once(process, 'warning');
    await using ai = createOrchestrator({ plugins: [redis({ url: server.service().url })] });
    const idle = defineTask({ id: 'idle', input: z.null(), run: () => null });
    await (await ai.start(idle, null)).result();
    const [{ message }] = (await warned) as [Error];
    expect(message).toMatch(/^@aiwork\/redis: .*allkeys-lru.*noeviction/);
  });

  it('finishes a run though the server restarts in its middle', async ({ skip }) => {
    const { url, restart } = server.service();
    if (!restart) return skip('the server of AIWORK_REDIS_URL is not ours to restart');
    const step = defineTask({
      id: 'step',
      input: z.number(),
      async run(n, ctx) {
        await delay(20);
        return ctx.once('add', () => n + 1);
      },
    });
    const flow = defineFlow({ id: 'count', input: z.number() }, (f) => {
      let last = f.call('step-0', step, f.input.$);
      for (let n = 1; n < 50; n += 1) last = f.call(`step-${n}`, step, last.$);
      return last;
    });
    await using ai = createOrchestrator({ plugins: [redis({ url, namespace: 'restart' })] });
    const runs = await Promise.all(Array.from({ length: 5 }, () => ai.start(flow, 0)));
    await delay(300);
    await restart();
    expect(await Promise.all(runs.map((run) => run.result()))).toEqual([50, 50, 50, 50, 50]);
  });
});
