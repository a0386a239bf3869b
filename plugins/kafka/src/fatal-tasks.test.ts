import { describe, expect, it, vi } from 'vitest';
import { freshQueue, jobsOf, kafkaServer, shortSessionMs, worker } from './kafka-server.fixture.ts';

vi.setConfig({ testTimeout: 240_000 });

const server = kafkaServer();

describe.concurrent('a task', () => {
  it('that ends its process becomes a dead letter, as does another one, with all beside and behind them done', async () => {
    const maxDeliveries = 2;
    const options = { topics: { partitions: 2 }, sessionTimeoutMs: shortSessionMs, maxDeliveries };
    const { queue } = await server.tasks(options);
    const name = freshQueue();
    // The first is not over yet when the fatal one is begun.
    const before = ['slow-1', ...Array.from({ length: 10 }, (_, index) => `job-${index}`)];
    const behind = ['after-1', 'after-2'];
    await queue.enqueue([
      ...before.flatMap((id) => jobsOf(name, 1, () => ({ id }))),
      ...['fatal-1', ...behind].flatMap((id) => jobsOf(name, 1, () => ({ id, key: 'k' }))),
      ...jobsOf(name, 1, () => ({ id: 'fatal-2', key: 'another' })),
      ...jobsOf(name, 10, (index) => ({ id: `beside-${index}` })),
    ]);
    const settled: string[] = [];
    const isDone = async () => {
      const { waiting, inFlight } = await queue.depth(name, 'workers');
      return waiting + inFlight === 0;
    };
    let deaths = 0;
    const suspected: boolean[] = [];
    for (let isFatal = true; isFatal; ) {
      const process = server.spawn(name, options, 20);
      isFatal = await Promise.race([process.ended().then(() => true), waitFor(isDone)]);
      if (isFatal) deaths += 1;
      else process.kill('SIGTERM');
      await process.ended();
      settled.push(...process.settled);
      suspected.push(process.suspected.length > 0);
      // A death counts for the partitions whose tasks were known to be out; there are two to find, each to be found twice.
      expect(deaths).toBeLessThan(30);
    }
    const { items } = await queue.deadLetters(name, 'workers');
    // One loss is no reason to.
    expect(suspected.indexOf(true)).toBeGreaterThan(1);
    const letter = { deliveries: maxDeliveries, error: { code: 'AIWORK_LEASE_LOST' } };
    expect(items).toMatchObject([letter, letter]);
    expect(items.map(({ job }) => job.id).toSorted()).toEqual(['fatal-1', 'fatal-2']);
    for (const id of [...before, ...behind]) expect(settled).toContain(id);
    for (let index = 0; index < 10; index += 1) expect(settled).toContain(`beside-${index}`);
  });

  it('that its handler always gives back becomes a dead letter, and those of its key go on', async () => {
    const { queue } = await server.tasks({ maxDeliveries: 3, retryDelay: { firstMs: 10, maxMs: 10 } });
    const name = freshQueue();
    await queue.enqueue(jobsOf(name, 3, () => ({ key: 'k' })));
    const seen: string[] = [];
    worker(queue, { queues: [name] }, async ({ id }) => {
      seen.push(id);
      if (id === 'job-1') throw new Error('as always');
    });
    await vi.waitUntil(() => seen.includes('job-2'), 60_000);
    expect(seen).toEqual(['job-0', 'job-1', 'job-1', 'job-1', 'job-2']);
    const { items } = await queue.deadLetters(name, 'workers');
    expect(items).toMatchObject([{ job: { id: 'job-1' }, deliveries: 3, error: { message: 'as always' } }]);
  });

  it('has been given back as often with the next worker as it was with those before', async () => {
    const options = { topics: { partitions: 1 }, maxDeliveries: 3, retryDelay: { firstMs: 400, maxMs: 400 } };
    const name = freshQueue();
    let deliveries = 0;
    const giveBack = async () => {
      deliveries += 1;
      throw new Error('not here');
    };
    const first = await server.tasks(options);
    await first.queue.enqueue(jobsOf(name, 1));
    const one = worker(first.queue, { queues: [name] }, giveBack);
    await vi.waitUntil(() => deliveries >= 2, 60_000);
    await one.stop();
    worker(first.queue, { queues: [name] }, giveBack);
    await vi.waitUntil(async () => (await first.queue.depth(name, 'workers')).deadLettered === 1, 60_000);
    expect(deliveries).toBe(3);
  });

  it('that cannot be read becomes a dead letter at once, and the next is worked on', async () => {
    const tasks = await server.tasks({ topics: { partitions: 1 } });
    const name = freshQueue();
    const errors: unknown[] = [];
    tasks.observe((event) => {
      if (event.type === 'dead-lettered' && event.queue === name) errors.push(event.error);
    });
    await tasks.queue.enqueue(jobsOf(name, 1));
    await server.send(`aiwork.${name}`, [Buffer.from([0xff, 0x00, 0xfe]), null]);
    await tasks.queue.enqueue(jobsOf(name, 1, () => ({ id: 'last' })));
    const seen: string[] = [];
    worker(tasks.queue, { queues: [name], concurrency: 1 }, async ({ id }) => {
      seen.push(id);
    });
    await vi.waitUntil(() => seen.includes('last'), 60_000);
    expect(seen).toEqual(['job-0', 'last']);
    expect(errors).toMatchObject([{ code: 'AIWORK_CORRUPT_DATA' }, { code: 'AIWORK_CORRUPT_DATA' }]);
    // It is committed a little later.
    const depth = () => tasks.queue.depth(name, 'workers');
    await expect.poll(depth, { timeout: 60_000 }).toEqual({ waiting: 0, inFlight: 0, deadLettered: 2 });
  });

  it('that is as large as its topic takes becomes a dead letter, whatever its handler says of it', async () => {
    const tasks = await server.tasks({ maxTaskBytes: 1_048_000, maxDeliveries: 1 });
    const name = freshQueue();
    await tasks.produceTask(name, 'x'.repeat(1_047_000), { key: 'k' });
    await tasks.produceTask(name, 'small', { key: 'k' });
    const stop = new AbortController();
    await tasks.consumeTasks<string>({ queue: name, group: 'workers', signal: stop.signal }, async (text) => {
      if (text !== 'small') throw new Error('too much of it '.repeat(200));
      stop.abort();
    });
    expect(await tasks.queue.depth(name, 'workers')).toEqual({ waiting: 0, inFlight: 0, deadLettered: 1 });
  });

  it('that moves to other workers time and again while it is worked on is not suspected', async () => {
    const { queue } = await server.tasks();
    const name = freshQueue();
    await queue.enqueue(jobsOf(name, 12, (index) => ({ key: `key ${index}` })));
    const isOver = Promise.withResolvers<void>();
    const settled = new Set<string>();
    let begun = 0;
    const start = async () => {
      const tasks = await server.tasks({ maxDeliveries: 1 });
      return worker(tasks.queue, { queues: [name], concurrency: 12 }, async ({ id }, { signal }) => {
        begun += 1;
        await isOver.promise;
        if (!signal.aborted) settled.add(id);
      });
    };
    await start();
    await vi.waitUntil(() => begun >= 12, 60_000);
    for (let more = 0; more < 5; more += 1) {
      const before = begun;
      await start();
      // Some of what others had at work has moved.
      await vi.waitUntil(() => begun > before, 60_000);
    }
    const admin = await server.admin();
    const noted = async () => {
      const [found] = await admin.fetchOffsets({
        groupId: `aiwork.${name}.workers`,
        topics: [`aiwork.${name}`],
      });
      return found?.partitions.flatMap(({ metadata }) => (metadata ? [JSON.parse(metadata)] : [])) ?? [];
    };
    await vi.waitUntil(async () => (await noted()).some(({ isOut }) => isOut), 60_000);
    expect((await noted()).filter(({ losses }) => losses > 0)).toEqual([]);
    isOver.resolve();
    await vi.waitUntil(() => settled.size >= 12, 60_000);
    expect(await queue.depth(name, 'workers')).toMatchObject({ deadLettered: 0 });
  });
});

async function waitFor(isDone: () => Promise<boolean>): Promise<false> {
  await vi.waitUntil(isDone, { timeout: 80_000, interval: 200 });
  return false;
}
