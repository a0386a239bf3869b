import { expect, it, vi } from 'vitest';
import { freshQueue, jobsOf, kafkaServer, worker } from '../kafka-server.fixture.ts';

vi.setConfig({ testTimeout: 240_000 });

const server = kafkaServer();

it('hands nothing out again that was settled behind a task that waits for its time', async () => {
  const topics = { partitions: 1 };
  const first = await server.tasks({ topics });
  const name = freshQueue();
  const notBefore = Date.now() + 3_600_000;
  const jobs = jobsOf(name, 100, (index) => (index % 10 === 0 ? { notBefore } : {}));
  await first.queue.enqueue(jobs);
  const seen: string[] = [];
  const handle = async ({ id }: { readonly id: string }) => void seen.push(id);
  const { stop } = worker(first.queue, { queues: [name] }, handle);
  await vi.waitUntil(() => seen.length === 90, 60_000);
  await stop();
  const depth = { waiting: 10, inFlight: 0, deadLettered: 0 };
  expect(await first.queue.depth(name, 'workers')).toEqual(depth);

  const next = await server.tasks({ topics });
  worker(next.queue, { queues: [name] }, handle);
  await next.queue.enqueue(jobsOf(name, 1, () => ({ id: 'last' })));
  await vi.waitUntil(() => seen.includes('last'), 60_000);
  expect(seen.length).toBe(91);
  // What the next worker has not settled itself stays settled in what it commits.
  await vi.waitFor(async () => expect(await next.queue.depth(name, 'workers')).toEqual(depth), 60_000);
});
