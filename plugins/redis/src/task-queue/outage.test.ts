import { setTimeout as delay } from 'node:timers/promises';
import type { Job } from '@aiwork/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { errorOf, redisServer } from '../redis-server.fixture.ts';
import { jobOf } from './jobs.fixture.ts';

const server = redisServer({ appendfsync: 'always' });
const keys = 10;

describe('a server that goes away', () => {
  beforeEach(({ skip }) => {
    if (!server.service().restart) skip('the server of AIWORK_REDIS_URL is not ours to restart');
  });

  it.each(['restart', 'kill'] as const)(
    'and comes back after a %s has lost no job, and hands them out in the order of their keys',
    { timeout: 60_000 },
    async (fault) => {
      const { service } = server;
      const namespace = `${fault} ${process.pid}`;
      const shared = { namespace, url: service().url, commandTimeoutMs: 10_000 };
      const { queue: producer } = await server.storage(shared);
      const stop = new AbortController();
      const settled: string[] = [];
      const consumers: Promise<void>[] = [];
      for (let count = 0; count < 3; count += 1) {
        const { queue } = await server.storage(shared);
        const options = { queues: ['q'], group: 'g', concurrency: 5, signal: stop.signal };
        const consuming = queue.consume(options, async ({ id }) => {
          await delay(2);
          settled.push(id);
        });
        consumers.push(consuming);
      }
      const acknowledged: Job[] = [];
      let broken = false;
      for (let n = 0; n < 600; n += 1) {
        const job = jobOf(String(n).padStart(4, '0'), { key: `k${n % keys}` });
        await producer.enqueue([job]);
        acknowledged.push(job);
        if (n === 200) {
          void service()
            [fault]?.()
            .then(() => {
              broken = true;
            });
        }
      }
      await expect.poll(() => new Set(settled).size, { timeout: 30_000 }).toBe(acknowledged.length);
      expect(broken).toBe(true);
      stop.abort();
      await Promise.all(consumers);
      expect(settled).toHaveLength(acknowledged.length);
      for (let key = 0; key < keys; key += 1) {
        const ofKey = settled.filter((id) => Number(id) % keys === key);
        expect(ofKey).toEqual(ofKey.toSorted());
      }
      expect(await producer.depth('q', 'g')).toEqual({ waiting: 0, inFlight: 0, deadLettered: 0 });
    },
  );
});

describe('a server that says nothing', () => {
  it('is left in time by a consumer that stops, and consumed again when it speaks', async () => {
    const commandTimeoutMs = 300;
    const { queue } = await server.storage({ commandTimeoutMs });
    const handed: string[] = [];
    const consume = (signal: AbortSignal) =>
      queue.consume({ queues: ['q'], group: 'g', concurrency: 1, signal }, async ({ id }) => {
        handed.push(id);
      });
    const [stopping, lasting] = [new AbortController(), new AbortController()];
    const stopped = consume(stopping.signal);
    const lasts = consume(lasting.signal);
    await queue.enqueue([jobOf('a')]);
    await expect.poll(() => handed).toEqual(['a']);

    await server.admin().call('CLIENT', 'PAUSE', 6000, 'ALL');
    const from = performance.now();
    expect(await errorOf(queue.enqueue([jobOf('b')]))).toMatchObject({ retryable: true });
    stopping.abort();
    await stopped;
    expect(performance.now() - from).toBeLessThan(6000);

    await expect
      .poll(
        () =>
          queue.enqueue([jobOf('c')]).then(
            () => true,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true);
    await expect.poll(() => handed).toContain('c');
    lasting.abort();
    await lasts;
  });
});
