import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { errorOf, freshQueue, kafkaServer } from '../kafka-server.fixture.ts';
import { registryServer } from './registry-server.fixture.ts';
import { schemaRegistry } from './schema-registry.ts';

vi.setConfig({ testTimeout: 240_000 });

const kafka = kafkaServer();
const registry = registryServer();

const schema = { type: 'record', name: 'Mail', fields: [{ name: 'to', type: 'string' }] };

describe.concurrent('a task in Avro', () => {
  it('goes through Kafka as other clients write it, with its trace', async () => {
    const tasks = await kafka.tasks();
    const queue = freshQueue();
    const serializer = schemaRegistry({ url: registry.url(), timeoutMs: 20_000 }).avro({
      subject: `aiwork.${queue}-value`,
      schema,
      register: true,
    });
    const tracestate = 'vendor=1';
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await tasks.produceTask(queue, { to: 'ada' }, { serializer, traceparent, tracestate });
    const stop = new AbortController();
    const seen: unknown[] = [];
    await tasks.consumeTasks({ queue, group: 'g', serializer, signal: stop.signal }, async (mail, task) => {
      seen.push(mail, task.traceparent, task.tracestate);
      stop.abort();
    });
    expect(seen).toEqual([{ to: 'ada' }, traceparent, tracestate]);
  });

  it('is not produced while the registry is away, which is certain and may be tried again', async () => {
    const tasks = await kafka.tasks();
    const [queue, door] = [freshQueue(), await registry.door()];
    const serializer = schemaRegistry({ url: door.url, timeoutMs: 20_000 }).avro({
      subject: queue,
      schema,
      register: true,
    });
    door.set('shut');
    const error = await errorOf(tasks.produceTask(queue, { to: 'ada' }, { serializer }));
    expect(error).toMatchObject({
      code: 'AIWORK_REGISTRY_FAILED',
      retryable: true,
      outcome: 'not-applied',
    });
    door.set('open');
    const wrong = await errorOf(tasks.produceTask(queue, { to: 7 }, { serializer }));
    expect(wrong).toMatchObject({ code: 'AIWORK_INVALID_INPUT', retryable: false, outcome: 'not-applied' });
    await tasks.produceTask(queue, { to: 'ada' }, { serializer });
    expect(await tasks.queue.depth(queue, 'g')).toMatchObject({ waiting: 1 });
  });

  it('waits for a registry that is away, however often it is asked, and is no dead letter', async () => {
    const tasks = await kafka.tasks({ maxDeliveries: 2, retryDelay: { firstMs: 20, maxMs: 50 } });
    const [queue, door] = [freshQueue(), await registry.door()];
    const format = { subject: queue, schema, register: true };
    const writer = schemaRegistry({ url: registry.url(), timeoutMs: 20_000 }).avro(format);
    await tasks.produceTask(queue, { to: 'ada' }, { serializer: writer, key: 'k' });
    await tasks.produceTask(queue, { to: 'bob' }, { serializer: writer, key: 'k' });
    const reader = schemaRegistry({ url: door.url, timeoutMs: 20_000 }).avro(format);
    door.set({ status: 503 });
    const retried: unknown[] = [];
    tasks.observe((event) => {
      if (event.type === 'retried' && event.queue === queue) retried.push(event.error);
    });
    const about = { queue, group: 'g', serializer: reader };
    const first = new AbortController();
    const untouched = vi.fn(async () => {});
    const working = tasks.consumeTasks({ ...about, signal: first.signal }, untouched);
    await vi.waitUntil(() => retried.length > 5, 60_000);
    // One that is told to stop meanwhile does so at once, and gives up nothing.
    first.abort();
    const late = delay(60_000, undefined, { ref: false }).then(() => expect.fail('it goes on working'));
    await Promise.race([working, late]);
    expect(untouched).not.toHaveBeenCalled();
    expect(retried[0]).toMatchObject({ code: 'AIWORK_REGISTRY_FAILED' });
    expect(await tasks.queue.depth(queue, 'g')).toMatchObject({ waiting: 2, deadLettered: 0 });
    door.set('open');
    const stop = new AbortController();
    const seen: unknown[] = [];
    await tasks.consumeTasks({ ...about, signal: stop.signal }, async (mail, { delivery }) => {
      seen.push([mail, delivery]);
      if (seen.length === 2) stop.abort();
    });
    expect(seen).toEqual([
      [{ to: 'ada' }, 1],
      [{ to: 'bob' }, 1],
    ]);
  });

  it('that cannot be read is a dead letter at once, with what it is', async () => {
    const tasks = await kafka.tasks();
    const queue = freshQueue();
    const subjects = schemaRegistry({ url: registry.url(), timeoutMs: 20_000 });
    const serializer = subjects.avro({ subject: queue, schema, register: true });
    const good = Buffer.from(await serializer.encode({ to: 'ada' }));
    const unknown = Buffer.concat([Buffer.of(0, 0x7f, 0xff, 0xff, 0xff), good.subarray(5)]);
    const short = good.subarray(0, -1);
    const raw = (bytes: Buffer) => ({ contentType: 'x', encode: () => bytes, decode: String });
    for (const bytes of [unknown, short, Buffer.from('{}')])
      await tasks.produceTask(queue, '', { serializer: raw(bytes), key: 'k' });
    await tasks.produceTask(queue, { to: 'last' }, { serializer, key: 'k' });
    const stop = new AbortController();
    const about = { queue, group: 'g', serializer };
    const seen: unknown[] = [];
    await tasks.consumeTasks({ ...about, signal: stop.signal }, async (mail) => {
      seen.push(mail);
      stop.abort();
    });
    expect(seen).toEqual([{ to: 'last' }]);
    const { items } = await tasks.deadTasks(about);
    expect(items.map(({ error, unreadable }) => [error.code, unreadable?.code])).toEqual([
      ['AIWORK_SCHEMA_UNKNOWN', 'AIWORK_SCHEMA_UNKNOWN'],
      ['AIWORK_CORRUPT_DATA', 'AIWORK_CORRUPT_DATA'],
      ['AIWORK_CORRUPT_DATA', 'AIWORK_CORRUPT_DATA'],
    ]);
    expect(items.map(({ bytes }) => bytes)).toEqual([unknown, short, Buffer.from('{}')]);
  });
});
