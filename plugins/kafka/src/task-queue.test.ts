import { setTimeout as delay } from 'node:timers/promises';
import type { Job } from '@aiwork/core';
import { describe, expect, it, vi } from 'vitest';
import { freshQueue, jobsOf, kafkaServer, worker } from './kafka-server.fixture.ts';

vi.setConfig({ testTimeout: 30_000 });

const server = kafkaServer();

describe.concurrent('a queue in Kafka', () => {
  it('hands out every job once, and those of a key in their order', async () => {
    const { queue } = await server.tasks();
    const name = freshQueue();
    const jobs = jobsOf(name, 2000, (index) => ({ key: `key ${index % 50}` }));
    await queue.enqueue(jobs);
    const seen: Job[] = [];
    let most = 0;
    let running = 0;
    const { stop } = worker(queue, { queues: [name], concurrency: 20 }, async (job) => {
      running += 1;
      most = Math.max(most, running);
      await delay(Math.random() * 4);
      running -= 1;
      seen.push(job);
    });
    await vi.waitUntil(() => seen.length >= jobs.length, 20_000);
    await stop();
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    expect(most).toBe(20);
    for (let key = 0; key < 50; key += 1) {
      const ofKey = (job: Job) => job.key === `key ${key}`;
      expect(seen.filter(ofKey)).toEqual(jobs.filter(ofKey));
    }
    expect(await queue.depth(name, 'workers')).toEqual({ waiting: 0, inFlight: 0, deadLettered: 0 });
  });

  it('keeps the order of a key while a job of it is tried again, and lets the others pass', async () => {
    const { queue } = await server.tasks({ retryDelay: { firstMs: 300 } });
    const name = freshQueue();
    await queue.enqueue(jobsOf(name, 6, (index) => ({ key: index % 2 === 0 ? 'a' : 'b' })));
    const seen: string[] = [];
    let failures = 2;
    worker(queue, { queues: [name] }, async ({ id }) => {
      seen.push(id);
      if (id === 'job-0' && failures-- > 0) throw new Error('not yet');
    });
    await vi.waitUntil(() => seen.includes('job-4'), 10_000);
    expect(seen.filter((id) => Number(id.slice(4)) % 2 === 0)).toEqual([
      'job-0',
      'job-0',
      'job-0',
      'job-2',
      'job-4',
    ]);
    expect(seen.indexOf('job-5')).toBeLessThan(seen.lastIndexOf('job-0'));
  });

  it('commits nothing past a job that is not settled', async () => {
    const { queue } = await server.tasks({ topics: { partitions: 1 } });
    const name = freshQueue();
    await queue.enqueue(jobsOf(name, 10));
    const admin = await server.admin();
    const committed = async () => {
      const [found] = await admin.fetchOffsets({
        groupId: `aiwork.${name}.workers`,
        topics: [`aiwork.${name}`],
      });
      return found?.partitions[0]?.offset;
    };
    const stuck = Promise.withResolvers<void>();
    let settled = 0;
    worker(queue, { queues: [name], concurrency: 10 }, async ({ id }) => {
      if (id === 'job-3') await stuck.promise;
      settled += 1;
    });
    await vi.waitUntil(() => settled === 9, 10_000);
    await vi.waitUntil(async () => (await committed()) === '3', 5000);
    await delay(300);
    expect(await committed()).toBe('3');
    expect(await queue.depth(name, 'workers')).toMatchObject({ inFlight: 1 });
    stuck.resolve();
    await vi.waitUntil(async () => (await committed()) === '10', 5000);
  });

  it('buries a poison message with its error, and puts it back when asked to', async () => {
    const tasks = await server.tasks({ maxDeliveries: 3 });
    const { queue } = tasks;
    const name = freshQueue();
    await queue.enqueue(jobsOf(name, 3, () => ({ key: 'k' })));
    const events: string[] = [];
    tasks.observe(({ type }) => events.push(type));
    const seen: string[] = [];
    let isCured = false;
    worker(queue, { queues: [name] }, async ({ id }) => {
      seen.push(id);
      if (id === 'job-1' && !isCured) throw new RangeError('poison');
    });
    await vi.waitUntil(() => seen.includes('job-2'), 10_000);
    expect(seen).toEqual(['job-0', 'job-1', 'job-1', 'job-1', 'job-2']);
    expect(events.filter((type) => type !== 'rebalanced')).toEqual(['retried', 'retried', 'dead-lettered']);
    const { items } = await queue.deadLetters(name, 'workers');
    expect(items).toMatchObject([
      { job: { id: 'job-1', key: 'k' }, deliveries: 3, error: { name: 'RangeError', message: 'poison' } },
    ]);
    expect(await queue.depth(name, 'workers')).toMatchObject({ deadLettered: 1 });
    isCured = true;
    const ids = items.map(({ id }) => id);
    expect(await queue.redrive(name, 'workers', ids)).toBe(1);
    expect(await queue.redrive(name, 'workers', ids)).toBe(0);
    await vi.waitUntil(() => seen.length === 6, 10_000);
    expect(seen.at(-1)).toBe('job-1');
    expect(await queue.deadLetters(name, 'workers')).toEqual({ items: [] });
    expect(await queue.depth(name, 'workers')).toMatchObject({ deadLettered: 0 });
  });

  it('hands out a delayed job when its time has come', async () => {
    const { queue } = await server.tasks();
    const name = freshQueue();
    const notBefore = Date.now() + 1500;
    await queue.enqueue(jobsOf(name, 2, (index) => (index === 0 ? { notBefore } : {})));
    const seen = new Map<string, number>();
    worker(queue, { queues: [name] }, async ({ id }) => {
      seen.set(id, Date.now());
    });
    await vi.waitUntil(() => seen.size === 2, 10_000);
    expect(seen.get('job-1')).toBeLessThan(notBefore);
    expect(seen.get('job-0')).toBeGreaterThanOrEqual(notBefore);
    expect(seen.get('job-0')).toBeLessThan(notBefore + 1000);
  });

  it('gives every group every job, and the members of a group a share', async () => {
    const one = await server.tasks();
    const { queue } = one;
    const other = await server.tasks();
    const name = freshQueue();
    const seen: string[] = [];
    const by =
      (who: string) =>
      async ({ id }: Job) => {
        await delay(2);
        seen.push(`${who} ${id}`);
      };
    worker(queue, { queues: [name], group: 'a' }, by('a1'));
    worker(other.queue, { queues: [name], group: 'a' }, by('a2'));
    worker(queue, { queues: [name], group: 'b' }, by('b'));
    const shares = () =>
      [one, other].map(({ metrics }) => metrics().find(({ group }) => group === 'a')?.partitions);
    await vi.waitUntil(() => shares().every((partitions) => partitions === 3), 10_000);
    await queue.enqueue(jobsOf(name, 300, (index) => ({ key: `${index}` })));
    await vi.waitUntil(() => seen.length === 600, 10_000);
    const count = (who: string) => seen.filter((each) => each.startsWith(`${who} `)).length;
    expect(count('b')).toBe(300);
    expect(count('a1') + count('a2')).toBe(300);
    expect(Math.min(count('a1'), count('a2'))).toBeGreaterThan(0);
  });
});
