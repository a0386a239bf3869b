import { setTimeout as delay } from 'node:timers/promises';
import { AiworkError } from '@aiwork/core';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { errorOf, freshQueue, jobsOf, kafkaServer, shortSessionMs, worker } from './kafka-server.fixture.ts';
import { openWire } from './wire.fixture.ts';

vi.setConfig({ testTimeout: 240_000 });

const server = kafkaServer();

beforeEach(({ skip }) => {
  if (!server.service().restart) skip('the brokers of AIWORK_KAFKA_BROKERS are not ours to break');
});

describe('what was acknowledged', () => {
  it('is stored, in its order, over sends that failed; what was refused is not', async () => {
    const wire = await openWire(server.service());
    const { queue } = await server.tasks({ brokers: wire.brokers, callTimeoutMs: 700 });
    const name = freshQueue();
    await queue.enqueue(jobsOf(name, 1, () => ({ id: 'first', key: 'k' })));
    const ends = new Map<string, 'stored' | 'not-applied' | 'unknown'>();
    const breaks = [wire.loseReplies, wire.cut, wire.silence, wire.refuse, wire.loseReplies];
    for (const [turn, breakIt] of breaks.entries()) {
      for (let number = 0; number < 4; number += 1) {
        if (number === 1) breakIt();
        if (number === 2) wire.heal();
        const id = `${turn} ${number}`;
        const begun = performance.now();
        try {
          await queue.enqueue(jobsOf(name, 1, () => ({ id, key: 'k' })));
          ends.set(id, 'stored');
        } catch (error) {
          if (!AiworkError.isInstance(error)) throw error;
          expect(error.retryable, error.message).toBe(true);
          ends.set(id, error.outcome ?? 'unknown');
        }
        expect(performance.now() - begun).toBeLessThan(20_000);
      }
    }
    wire.heal();
    const direct = await server.tasks();
    const seen: string[] = [];
    worker(direct.queue, { queues: [name] }, async ({ id }) => {
      seen.push(id);
    });
    await direct.queue.enqueue(jobsOf(name, 1, () => ({ id: 'last', key: 'k' })));
    await vi.waitUntil(() => seen.includes('last'), 60_000);
    const idsThat = (end: string) => [...ends].filter(([, each]) => each === end).map(([id]) => id);
    expect(idsThat('unknown').length).toBeGreaterThan(0);
    expect(idsThat('stored').length).toBeGreaterThanOrEqual(10);
    expect(seen.filter((id) => ends.get(id) === 'stored')).toEqual(idsThat('stored'));
    expect(seen.filter((id) => ends.get(id) === 'not-applied')).toEqual([]);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it.each(['restart', 'kill'] as const)(
    'is worked on after a %s of the broker, by a worker that finds it again by itself',
    async (end) => {
      const { queue } = await server.tasks();
      const name = freshQueue();
      const jobs = jobsOf(name, 600, (index) => ({ key: `key ${index % 30}` }));
      const firsts: string[] = [];
      const { ended } = worker(queue, { queues: [name], concurrency: 10 }, async ({ id }) => {
        await delay(5);
        if (!firsts.includes(id)) firsts.push(id);
      });
      void ended.catch(() => {});
      await queue.enqueue(jobs.slice(0, 300));
      await vi.waitUntil(() => firsts.length > 50, 60_000);
      await server.service()[end]?.();
      await vi.waitFor(() => queue.enqueue(jobs.slice(300)), 60_000);
      await vi.waitUntil(() => firsts.length >= jobs.length, 60_000);
      for (let key = 0; key < 30; key += 1) {
        const ofKey = jobs.filter((job) => job.key === `key ${key}`).map(({ id }) => id);
        expect(firsts.filter((id) => ofKey.includes(id))).toEqual(ofKey);
      }
    },
  );
});

describe('a worker that is cut off', () => {
  it('loses its jobs to another one, is told so, and works again when the wire is whole', async () => {
    const wire = await openWire(server.service());
    const sessionTimeoutMs = 2 * shortSessionMs;
    const cutOff = await server.tasks({ brokers: wire.brokers, sessionTimeoutMs, callTimeoutMs: 2000 });
    const other = await server.tasks({ sessionTimeoutMs });
    const name = freshQueue();
    await other.queue.enqueue(jobsOf(name, 4, () => ({ key: 'k' })));
    const seen: string[] = [];
    const lost = Promise.withResolvers<unknown>();
    worker(cutOff.queue, { queues: [name] }, async ({ id }, control) => {
      seen.push(`cut off ${id}`);
      if (seen.length > 1) return;
      control.signal.addEventListener('abort', () => lost.resolve(control.signal.reason));
      await lost.promise;
      await expect(control.heartbeat()).rejects.toMatchObject({ code: 'AIWORK_LEASE_LOST' });
    });
    await vi.waitUntil(() => seen.length >= 1, 60_000);
    wire.silence();
    const { stop } = worker(other.queue, { queues: [name] }, async ({ id }) => {
      seen.push(`other ${id}`);
    });
    expect(await lost.promise).toMatchObject({ code: 'AIWORK_LEASE_LOST' });
    await vi.waitUntil(() => seen.length >= 5, 60_000);
    expect(seen.slice(1)).toEqual(['other job-0', 'other job-1', 'other job-2', 'other job-3']);
    await stop();
    wire.heal();
    await other.queue.enqueue(jobsOf(name, 1, () => ({ id: 'after', key: 'k' })));
    await vi.waitUntil(() => seen.at(-1) === 'cut off after', 60_000);
  });
});

describe('a worker on a bad wire', () => {
  /** Works on jobs of 20 keys over a wire while something is done to it. Gives what was done, and how often it began. */
  async function workOver(wire: Awaited<ReturnType<typeof openWire>>, harm: () => Promise<void>) {
    const options = { sessionTimeoutMs: 2 * shortSessionMs, callTimeoutMs: 3000 };
    const far = await server.tasks({ ...options, brokers: wire.brokers });
    const near = await server.tasks(options);
    const name = freshQueue();
    const jobs = jobsOf(name, 600, (index) => ({ key: `key ${index % 20}` }));
    await near.queue.enqueue(jobs);
    const firsts: string[] = [];
    let begun = 0;
    for (const { queue } of [far, near]) {
      worker(queue, { queues: [name], concurrency: 5 }, async ({ id }, { signal }) => {
        begun += 1;
        await delay(20);
        if (!signal.aborted && !firsts.includes(id)) firsts.push(id);
      });
    }
    await vi.waitUntil(() => firsts.length > 20, 60_000);
    await harm();
    await vi.waitUntil(() => firsts.length >= jobs.length, 60_000);
    for (let key = 0; key < 20; key += 1) {
      const ofKey = jobs.filter((job) => job.key === `key ${key}`).map(({ id }) => id);
      expect(firsts.filter((id) => ofKey.includes(id))).toEqual(ofKey);
    }
    expect(await near.queue.depth(name, 'workers')).toMatchObject({ deadLettered: 0 });
    return { begun, jobs };
  }

  it('that is cut time and again loses nothing, and suspects nothing', async () => {
    const wire = await openWire(server.service());
    const { begun, jobs } = await workOver(wire, async () => {
      for (let cut = 0; cut < 6; cut += 1) {
        wire.cut();
        await delay(300);
      }
    });
    expect(begun).toBeLessThan(jobs.length * 2);
  });

  it('that is slow loses nothing, and works on nothing twice', async () => {
    const wire = await openWire(server.service());
    wire.slow(100);
    const { begun, jobs } = await workOver(wire, async () => {});
    // But for what is at work when the second one joins.
    expect(begun - jobs.length).toBeLessThan(20);
  });
});

describe('a Kafka that is not there', () => {
  it('is named in bounded time', async () => {
    const begun = performance.now();
    const error = await errorOf(server.tasks({ brokers: ['127.0.0.1:1'], callTimeoutMs: 3000 }));
    expect(error).toMatchObject({ code: 'AIWORK_QUEUE_FAILED', retryable: true });
    expect(error).toHaveProperty('message', expect.stringContaining('127.0.0.1:1'));
    expect(performance.now() - begun).toBeLessThan(20_000);
  });
});
