import { setTimeout as delay } from 'node:timers/promises';
import { kafkaClusterService } from '@aiwork/contract-tests/services';
import { AiworkError, type TaskQueue } from '@aiwork/core';
import { describe, expect, it, vi } from 'vitest';
import { errorOf, freshQueue, jobsOf, serverOf, shortSessionMs, worker } from './kafka-server.fixture.ts';

vi.setConfig({ testTimeout: 240_000 });

const server = serverOf(kafkaClusterService());
const options = {
  topics: { partitions: 3, replicationFactor: 3 },
  sessionTimeoutMs: 2 * shortSessionMs,
  callTimeoutMs: 3000,
};
const keys = 30;

/** Enqueues jobs in lists of 20, each until it is stored. Gives the errors on the way. */
async function enqueueAll(queue: TaskQueue, jobs: ReturnType<typeof jobsOf>): Promise<AiworkError[]> {
  const errors: AiworkError[] = [];
  for (let at = 0; at < jobs.length; ) {
    try {
      await queue.enqueue(jobs.slice(at, at + 20));
      at += 20;
      await delay(20);
    } catch (error) {
      if (!AiworkError.isInstance(error)) throw error;
      errors.push(error);
    }
  }
  return errors;
}

/** What workers have done, each job when it was first done. */
function createRecord() {
  const done: string[] = [];
  return {
    done,
    async work({ id }: { readonly id: string }, { signal }: { readonly signal: AbortSignal }) {
      await delay(5);
      if (!signal.aborted && !done.includes(id)) done.push(id);
    },
  };
}

async function leaderOf(topic: string): Promise<number> {
  const admin = await server.admin();
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return topics[0]?.partitions[0]?.leader ?? 0;
}

async function untilInSync(topic: string): Promise<void> {
  const admin = await server.admin();
  await vi.waitFor(async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    for (const { isr } of topics[0]?.partitions ?? []) expect(isr).toHaveLength(3);
  }, 60_000);
}

describe('three brokers', () => {
  it('of which the one that leads the group is lost lose no task, and neither order nor workers', async () => {
    const { queue } = await server.tasks(options);
    const other = await server.tasks(options);
    const name = freshQueue();
    const jobs = jobsOf(name, 1200, (index) => ({ key: `key ${index % keys}` }));
    const { done, work } = createRecord();
    const workers = [queue, other.queue].map((each) =>
      worker(each, { queues: [name], concurrency: 10 }, work),
    );
    await enqueueAll(queue, jobs.slice(0, 400));
    await vi.waitUntil(() => done.length > 100, 60_000);
    const leader = await leaderOf('__consumer_offsets');
    const lost = server.service().members.find(({ node }) => node === leader);
    await lost?.crash();
    const errors = await enqueueAll(queue, jobs.slice(400, 800));
    for (const error of errors) expect(error).toMatchObject({ code: 'AIWORK_QUEUE_FAILED', retryable: true });
    await vi.waitUntil(() => done.length >= 800, 60_000);
    await lost?.start();
    await enqueueAll(queue, jobs.slice(800));
    await vi.waitUntil(() => done.length >= 1200, 60_000);
    for (let key = 0; key < keys; key += 1) {
      const ofKey = jobs.filter((job) => job.key === `key ${key}`).map(({ id }) => id);
      expect(done.filter((id) => ofKey.includes(id))).toEqual(ofKey);
    }
    await Promise.all(workers.map(({ stop }) => stop()));
    await untilInSync(`aiwork.${name}`);
  });

  it('of which two are lost take nothing, say so in time, and go on when they are back', async () => {
    const { queue } = await server.tasks(options);
    const name = freshQueue();
    const { done, work } = createRecord();
    worker(queue, { queues: [name] }, work);
    await queue.enqueue(jobsOf(name, 1, () => ({ id: 'before' })));
    await vi.waitUntil(() => done.includes('before'), 60_000);
    await untilInSync(`aiwork.${name}`);
    const [, ...lost] = server.service().members;
    await Promise.all(lost.map(({ crash }) => crash()));
    const begun = performance.now();
    const error = await errorOf(queue.enqueue(jobsOf(name, 3, (index) => ({ id: `never ${index}` }))));
    expect(error).toMatchObject({ code: 'AIWORK_QUEUE_FAILED', retryable: true });
    expect(performance.now() - begun).toBeLessThan(10 * options.callTimeoutMs);
    await Promise.all(lost.map(({ start }) => start()));
    await enqueueAll(queue, jobsOf(name, 20));
    await vi.waitUntil(() => done.includes('job-19'), 60_000);
    const outcome = AiworkError.isInstance(error) ? error.outcome : undefined;
    if (outcome === 'not-applied') expect(done.filter((id) => id.startsWith('never'))).toEqual([]);
  });
});
