import { Kafka, logLevel } from 'kafkajs';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { freshQueue, jobsOf, kafkaServer, worker } from './kafka-server.fixture.ts';
import type { KafkaTasks } from './kafka-tasks.ts';
import type { TaskDelivery } from './payload-tasks.ts';

vi.setConfig({ testTimeout: 240_000 });

const server = kafkaServer();
const schema = z.object({ to: z.string() });

type Mail = z.infer<typeof schema>;

/** Works until so many tasks are settled or given up. */
async function workUntil(
  tasks: KafkaTasks,
  queue: string,
  count: number,
  handler: (mail: Mail, task: TaskDelivery) => void,
): Promise<void> {
  const stop = new AbortController();
  let over = 0;
  function end(): void {
    over += 1;
    if (over >= count) stop.abort();
  }
  const forget = tasks.observe((event) => {
    if (event.type === 'dead-lettered' && event.queue === queue) end();
  });
  await tasks.consumeTasks({ queue, group: 'g', schema, signal: stop.signal }, async (mail, task) => {
    handler(mail, task);
    end();
  });
  forget();
}

function hopeless(): never {
  throw new Error('no such mailbox');
}

describe.concurrent('dead tasks', () => {
  it('are listed with what they were and why, those that cannot be read with their bytes', async () => {
    const tasks = await server.tasks({ maxDeliveries: 1 });
    const queue = freshQueue();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const given = { key: 'k', traceparent };
    await tasks.produceTask(queue, { to: 'ada' }, { ...given, idempotencyKey: 'mail 1' });
    await tasks.produceTask(queue, { to: 7 }, given);
    const shouted = { contentType: 'text/shouted', encode: () => Buffer.from('HELLO'), decode: String };
    await tasks.produceTask(queue, 'hello', { ...given, serializer: shouted });
    await workUntil(tasks, queue, 3, hopeless);
    const { items, cursor } = await tasks.deadTasks({ queue, group: 'g', schema });
    expect(cursor).toBeUndefined();
    const common = { key: 'k', traceparent, deliveries: 1 };
    expect(items).toMatchObject([
      {
        ...common,
        idempotencyKey: 'mail 1',
        payload: { to: 'ada' },
        error: { message: 'no such mailbox' },
        contentType: 'application/json',
      },
      { ...common, unreadable: { code: 'AIWORK_INVALID_INPUT' }, error: { code: 'AIWORK_INVALID_INPUT' } },
      { ...common, unreadable: { code: 'AIWORK_CORRUPT_DATA' }, contentType: 'text/shouted' },
    ]);
    expect(items.map(({ bytes }) => String(bytes))).toEqual(['{"to":"ada"}', '{"to":7}', 'HELLO']);
    expect(Math.abs((items[0]?.deadAt ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('that have no topic keep their place, and are told of until it is made', async () => {
    const tasks = await server.tasks({ maxDeliveries: 1, topics: false });
    const queue = freshQueue();
    const maker = await server.tasks();
    await maker.produceTask(queue, { to: 'ada' });
    const told = Promise.withResolvers<unknown>();
    tasks.observe((event) => event.type === 'unburied' && told.resolve(event));
    const working = workUntil(tasks, queue, 1, hopeless);
    const topic = `aiwork.${queue}.g.dead`;
    expect(await told.promise).toMatchObject({
      queue,
      group: 'g',
      error: { message: expect.stringContaining(`has no topic ${topic}`) },
    });
    expect(tasks.metrics()).toMatchObject([{ inFlight: 1, deadLettered: 0 }]);
    const admin = await server.admin();
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 1 }] });
    await working;
    expect((await tasks.deadTasks({ queue, group: 'g' })).items).toMatchObject([{ payload: { to: 'ada' } }]);
  });

  it('come page by page, and are put back once, as they were', async () => {
    const tasks = await server.tasks({ maxDeliveries: 1 });
    const queue = freshQueue();
    for (const to of ['a', 'b', 'c', 'd', 'e'])
      await tasks.produceTask(queue, { to }, { key: 'k', idempotencyKey: to });
    await workUntil(tasks, queue, 5, hopeless);
    const about = { queue, group: 'g' };
    const first = await tasks.deadTasks({ ...about, schema, limit: 2 });
    const rest = await tasks.deadTasks({
      ...about,
      schema,
      limit: 3,
      ...(first.cursor && { cursor: first.cursor }),
    });
    expect([first, rest].map(({ items }) => items.map(({ payload }) => payload?.to))).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
    const ids = [...first.items, ...rest.items].map(({ id }) => id);
    const counts = await Promise.all([
      tasks.redriveTasks({ ...about, ids: ids.slice(0, 3) }),
      tasks.redriveTasks({ ...about, ids: [...ids.slice(1, 4), '999', 'none'] }),
    ]);
    expect(counts[0] + counts[1]).toBe(4);
    expect(await tasks.redriveTasks({ ...about, ids: ids.slice(0, 4) })).toBe(0);
    const seen: string[] = [];
    await workUntil(tasks, queue, 4, ({ to }) => seen.push(to));
    expect(seen.toSorted()).toEqual(['a', 'b', 'c', 'd']);
    const left = await tasks.deadTasks({ ...about, schema });
    expect(left.items.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['e']);
    expect(await tasks.queue.depth(queue, 'g')).toMatchObject({ waiting: 0, deadLettered: 1 });
  });

  it('that are larger than a batch may be together are put back all the same', async () => {
    const tasks = await server.tasks({ maxDeliveries: 1 });
    const queue = freshQueue();
    const large = 'x'.repeat(600_000);
    for (const to of [`1${large}`, `2${large}`, `3${large}`])
      await tasks.produceTask(queue, { to }, { key: 'k' });
    await workUntil(tasks, queue, 3, hopeless);
    const { items } = await tasks.deadTasks({ queue, group: 'g', schema });
    expect(await tasks.redriveTasks({ queue, group: 'g', ids: items.map(({ id }) => id) })).toBe(3);
    const seen: string[] = [];
    await workUntil(tasks, queue, 3, ({ to }) => seen.push(to.slice(0, 1)));
    expect(seen).toEqual(['1', '2', '3']);
  });

  it('of others, who gave them no idempotency key, keep the one that was made for them', async () => {
    const tasks = await server.tasks({ maxDeliveries: 1 });
    const about = { queue: freshQueue(), group: 'g' };
    for (let ours = 0; ours < 3; ours += 1)
      await tasks.produceTask(about.queue, { to: 'ours' }, { key: 'k' });
    const producer = new Kafka({
      brokers: [...server.service().brokers],
      logLevel: logLevel.NOTHING,
    }).producer();
    await producer.connect();
    await producer.send({
      topic: `aiwork.${about.queue}`,
      messages: [{ key: 'k', value: '{"to":"theirs"}' }],
    });
    await producer.disconnect();
    const keys: string[] = [];
    await workUntil(tasks, about.queue, 4, ({ to }, { idempotencyKey }) => {
      if (to === 'ours') return;
      keys.push(idempotencyKey);
      hopeless();
    });
    const { items } = await tasks.deadTasks({ ...about, schema });
    keys.push(...items.map(({ idempotencyKey }) => idempotencyKey));
    await tasks.redriveTasks({ ...about, ids: items.map(({ id }) => id) });
    await workUntil(tasks, about.queue, 1, (_, { idempotencyKey }) => keys.push(idempotencyKey));
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  it('are not among the dead letters of jobs, and hide none of them', async () => {
    const { queue: jobs, deadTasks, produceTask } = await server.tasks({ maxDeliveries: 1 });
    const queue = freshQueue();
    await produceTask(queue, 'no job', { key: 'k' });
    await jobs.enqueue(jobsOf(queue, 2, () => ({ key: 'k' })));
    const { stop } = worker(jobs, { queues: [queue], group: 'g' }, hopeless);
    await vi.waitUntil(async () => (await jobs.depth(queue, 'g')).deadLettered === 3, 60_000);
    await stop();
    const first = await jobs.deadLetters(queue, 'g', { limit: 1 });
    const rest = await jobs.deadLetters(queue, 'g', { ...(first.cursor && { cursor: first.cursor }) });
    expect([first, rest].map(({ items }) => items.map(({ job }) => job.id))).toEqual([['job-0'], ['job-1']]);
    const { items } = await deadTasks({ queue, group: 'g' });
    expect(items[0]).toMatchObject({ payload: 'no job', error: { code: 'AIWORK_CORRUPT_DATA' } });
  });
});
