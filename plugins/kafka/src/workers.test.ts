import { setTimeout as delay } from 'node:timers/promises';
import type { Job } from '@aiwork/core';
import { describe, expect, it, vi } from 'vitest';
import { freshQueue, jobsOf, kafkaServer, shortSessionMs, worker } from './kafka-server.fixture.ts';
import type { KafkaTasks } from './kafka-tasks.ts';

vi.setConfig({ testTimeout: 240_000 });

const server = kafkaServer();

describe.concurrent('a worker', () => {
  it('that is killed with 50 jobs in flight leaves all of them to others, and what it settled to nobody', async () => {
    const { queue } = await server.tasks();
    const name = freshQueue();
    const quick = jobsOf(name, 100, (index) => ({ key: `key ${index}` }));
    const left = jobsOf(name, 100, (index) => ({ id: `stuck-${index}`, key: `key ${index}` }));
    await queue.enqueue([...quick, ...left]);
    const doomed = server.spawn(name, { sessionTimeoutMs: shortSessionMs }, 50);
    await vi.waitUntil(() => doomed.settled.length >= 100 && doomed.taken.length === 150, 60_000);
    // What is settled is committed a moment later.
    await delay(500);
    doomed.kill('SIGKILL');
    await doomed.ended();
    const seen: string[] = [];
    worker(queue, { queues: [name], concurrency: 50 }, async ({ id }) => {
      seen.push(id);
    });
    await vi.waitUntil(() => left.every(({ id }) => seen.includes(id)), 60_000);
    expect(seen.toSorted()).toEqual(left.map(({ id }) => id).toSorted());
  });

  it('may take longer for a job than its session lasts', async () => {
    // A busy machine keeps who is well silent for some seconds.
    const longSessionMs = 6000;
    const { queue } = await server.tasks({ sessionTimeoutMs: longSessionMs });
    const name = freshQueue();
    await queue.enqueue(jobsOf(name, 2, () => ({ key: 'k' })));
    const seen: string[] = [];
    const lost: string[] = [];
    worker(queue, { queues: [name] }, async ({ id }, control) => {
      seen.push(id);
      if (id === 'job-0') await delay(longSessionMs + 2000);
      await control.heartbeat();
      if (control.signal.aborted) lost.push(id);
    });
    await vi.waitUntil(() => seen.length >= 2, 60_000);
    expect(seen).toEqual(['job-0', 'job-1']);
    expect(lost).toEqual([]);
  });

  it('takes nothing new when it is stopped, and finishes what it has', async () => {
    const { queue } = await server.tasks();
    const name = freshQueue();
    await queue.enqueue(jobsOf(name, 20));
    const begun: string[] = [];
    const done: string[] = [];
    const { stop } = worker(queue, { queues: [name], concurrency: 4 }, async ({ id }) => {
      begun.push(id);
      await delay(300);
      done.push(id);
    });
    await vi.waitUntil(() => begun.length >= 4, 60_000);
    const stopped = stop();
    const count = begun.length;
    await stopped;
    expect(begun).toHaveLength(count);
    expect(done.toSorted()).toEqual(begun.toSorted());
    expect(await queue.depth(name, 'workers')).toEqual({
      waiting: 20 - count,
      inFlight: 0,
      deadLettered: 0,
    });
  });

  it('that is told to end by SIGTERM finishes what it has, and leaves the rest to others at once', async () => {
    const { queue, observe } = await server.tasks({ topics: { partitions: 1 } });
    const name = freshQueue();
    // More than the first gets done before the second has joined.
    const count = 400;
    await queue.enqueue(jobsOf(name, count, (index) => ({ id: `slow-${index}` })));
    const first = server.spawn(name, {}, 4);
    await vi.waitUntil(() => first.taken.length >= 4, 60_000);
    const taken: string[] = [];
    worker(queue, { queues: [name], concurrency: 4 }, async ({ id }) => {
      taken.push(id);
    });
    await new Promise<void>((resolve) => {
      observe(({ type }) => type === 'rebalanced' && resolve());
    });
    first.kill('SIGTERM');
    expect(await first.ended()).toBe(0);
    const begun = performance.now();
    expect(first.settled.toSorted()).toEqual(first.taken.toSorted());
    await vi.waitUntil(() => taken.length > 0, 60_000);
    // Far from the session's time-out of 30 s, also where others use the machine.
    expect(performance.now() - begun).toBeLessThan(20_000);
    await vi.waitUntil(() => taken.length >= count - first.settled.length, 60_000);
    expect(new Set([...taken, ...first.settled]).size).toBe(count);
  });
});

describe.concurrent('workers that come and go', () => {
  it('lose none of 10,000 jobs, and keep the order of each key', async () => {
    const { queue } = await server.tasks();
    const name = freshQueue();
    const keys = 100;
    const jobs = jobsOf(name, 10_000, (index) => ({ key: `key ${index % keys}` }));
    await queue.enqueue(jobs);
    /** Numbers of the jobs of each key, in the order in which they were first finished. */
    const finished = Array.from({ length: keys }, (): number[] => []);
    const all = new Set<string>();
    let handedOut = 0;
    const start = async () => {
      const tasks = await server.tasks();
      return worker(tasks.queue, { queues: [name], concurrency: 20 }, async ({ id }, { signal }) => {
        handedOut += 1;
        await delay(2);
        if (signal.aborted || all.has(id)) return;
        all.add(id);
        const number = Number(id.slice(4));
        finished[number % keys]?.push(number);
      });
    };
    const first = await start();
    await vi.waitUntil(() => all.size > 1000, 60_000);
    const second = await start();
    await vi.waitUntil(() => all.size > 3000, 60_000);
    await start();
    await vi.waitUntil(() => all.size > 5000, 60_000);
    await first.stop();
    await vi.waitUntil(() => all.size > 7000, 60_000);
    await second.stop();
    await vi.waitUntil(() => all.size >= jobs.length, 60_000);
    for (const numbers of finished) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    // Only what was in flight when its partition moved was handed out twice.
    expect(handedOut - jobs.length).toBeLessThan(60);
  });

  it('go on with partitions that come back to them, also with those that were full when they went', async () => {
    const options = { topics: { partitions: 2 } };
    const [one, other] = await Promise.all([server.tasks(options), server.tasks(options)]);
    const name = freshQueue();
    const text = 'x'.repeat(2000);
    const count = 2400;
    await Promise.all(Array.from({ length: count }, (_, n) => one.produceTask(name, { n, text })));
    const done = new Set<string>();
    let isSlow = true;
    const started = async (tasks: KafkaTasks) => {
      const stop = new AbortController();
      const rebalanced = new Promise<void>((resolve) => {
        tasks.observe(({ type }) => type === 'rebalanced' && resolve());
      });
      const ended = tasks.consumeTasks(
        { queue: name, group: 'g', concurrency: 4, signal: stop.signal },
        async (_, { idempotencyKey, signal }) => {
          if (isSlow) await delay(50, undefined, { signal });
          done.add(idempotencyKey);
        },
      );
      await rebalanced;
      return async () => {
        stop.abort();
        await ended;
      };
    };
    const stopOne = await started(one);
    await vi.waitUntil(() => done.size > 20, 60_000);
    const stopOther = await started(other);
    await vi.waitUntil(() => one.metrics()[0]?.partitions === 1, 60_000);
    await stopOther();
    isSlow = false;
    await vi.waitUntil(() => done.size >= count, 60_000);
    await stopOne();
  });
});

describe.concurrent('a queue', () => {
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
    await vi.waitUntil(() => seen.length >= jobs.length, 60_000);
    await stop();
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    expect(most).toBe(20);
    for (let key = 0; key < 50; key += 1) {
      const ofKey = (job: Job) => job.key === `key ${key}`;
      expect(seen.filter(ofKey)).toEqual(jobs.filter(ofKey));
    }
    expect(await queue.depth(name, 'workers')).toEqual({ waiting: 0, inFlight: 0, deadLettered: 0 });
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
    await vi.waitUntil(() => settled >= 9, 60_000);
    await vi.waitUntil(async () => (await committed()) === '3', 60_000);
    await delay(300);
    expect(await committed()).toBe('3');
    expect(await queue.depth(name, 'workers')).toMatchObject({ inFlight: 1 });
    stuck.resolve();
    await vi.waitUntil(async () => (await committed()) === '10', 60_000);
  });
});
