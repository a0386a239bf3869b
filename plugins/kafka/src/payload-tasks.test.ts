import { AiworkError, hasCode } from '@aiwork/core';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { errorOf, freshQueue, kafkaServer } from './kafka-server.fixture.ts';
import type { TaskDelivery } from './payload-tasks.ts';
import type { Serializer } from './serializer.ts';

vi.setConfig({ testTimeout: 240_000 });

const server = kafkaServer();
const schema = z.object({ to: z.string(), sentAt: z.coerce.date() });

describe.concurrent('a task', () => {
  it('comes as its schema says, with its key, trace and idempotency key', async () => {
    const { produceTask, consumeTasks } = await server.tasks();
    const queue = freshQueue();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const sentAt = '2026-01-02T03:04:05.000Z';
    const options = { schema, key: 'ada', idempotencyKey: 'mail 1', traceparent };
    await produceTask(queue, { to: 'ada', sentAt }, options);
    const stop = new AbortController();
    const seen: [unknown, TaskDelivery][] = [];
    await consumeTasks({ queue, group: 'g', schema, signal: stop.signal }, async (mail, task) => {
      seen.push([mail, task]);
      if (seen.length === 1) throw new Error('once more');
      stop.abort();
    });
    expect(seen).toMatchObject([
      [
        { to: 'ada', sentAt: new Date(sentAt) },
        { key: 'ada', delivery: 1 },
      ],
      [{ to: 'ada' }, { idempotencyKey: 'mail 1', traceparent, delivery: 2 }],
    ]);
  });

  it('that is not what its schema says is refused, and one that came all the same is given up at once', async () => {
    const tasks = await server.tasks();
    const queue = freshQueue();
    const refused = await errorOf(tasks.produceTask(queue, { to: 7 }, { schema }));
    expect(refused).toMatchObject({ code: 'AIWORK_INVALID_INPUT', outcome: 'not-applied' });
    await tasks.produceTask(queue, { to: 7 }, { key: 'k' });
    await tasks.produceTask(queue, { to: 'ada', sentAt: 0 }, { key: 'k' });
    const given: unknown[] = [];
    const deadLetters: unknown[] = [];
    tasks.observe((event) => {
      if (event.type === 'dead-lettered' && event.queue === queue) deadLetters.push(event.error);
    });
    const stop = new AbortController();
    await tasks.consumeTasks({ queue, group: 'g', schema, signal: stop.signal }, async ({ to }) => {
      given.push(to);
      stop.abort();
    });
    expect(given).toEqual(['ada']);
    expect(deadLetters).toMatchObject([{ code: 'AIWORK_INVALID_INPUT' }]);
    expect(await tasks.queue.depth(queue, 'g')).toEqual({ waiting: 0, inFlight: 0, deadLettered: 1 });
  });

  it('travels as another serializer writes it', async () => {
    const reversed: Serializer = {
      contentType: 'text/reversed',
      encode: (payload) => Buffer.from(String(payload)).reverse(),
      decode: (bytes) => Buffer.from(bytes).reverse().toString(),
    };
    const { produceTask, consumeTasks } = await server.tasks({ compression: 'gzip' });
    const queue = freshQueue();
    await produceTask(queue, 'palindrome', { serializer: reversed });
    const stop = new AbortController();
    let seen: unknown;
    await consumeTasks({ queue, group: 'g', serializer: reversed, signal: stop.signal }, async (payload) => {
      seen = payload;
      stop.abort();
    });
    expect(seen).toBe('palindrome');
  });
});

describe.concurrent('an error', () => {
  it('says that a task is too large, for this package and for its topic', async () => {
    const queue = freshQueue();
    const small = await server.tasks({ maxTaskBytes: 1000 });
    const error = await errorOf(small.produceTask(queue, 'x'.repeat(1001)));
    expect(error).toMatchObject({ code: 'AIWORK_LIMIT_EXCEEDED', outcome: 'not-applied' });
    const large = await server.tasks({ maxTaskBytes: 4_000_000 });
    const refused = await errorOf(large.produceTask(queue, 'x'.repeat(2_000_000)));
    expect(refused).toMatchObject({ code: 'AIWORK_LIMIT_EXCEEDED', outcome: 'not-applied' });
    expect(refused).toHaveProperty('message', expect.stringContaining('max.message.bytes'));
    await large.produceTask(queue, 'fits');
    expect(await large.queue.depth(queue, 'g')).toMatchObject({ waiting: 1 });
  });

  it('names a topic that is missing and not to be made', async () => {
    const queue = freshQueue();
    const { produceTask, consumeTasks } = await server.tasks({ topics: false });
    const { signal } = new AbortController();
    const calls = [
      () => produceTask(queue, 1),
      () => consumeTasks({ queue, group: 'g', signal }, async () => {}),
    ];
    for (const call of calls) {
      const error = await errorOf(call());
      expect(error).toMatchObject({ code: 'AIWORK_QUEUE_FAILED', retryable: false });
      expect(error).toHaveProperty('message', expect.stringContaining(`aiwork.${queue}`));
    }
  });

  it('says that a listener takes no password, and not which', async () => {
    const password = 'sk-live-51a7c0ffee';
    const begun = performance.now();
    const error = await errorOf(server.tasks({ sasl: { mechanism: 'plain', username: 'ada', password } }));
    expect(hasCode(error, 'AIWORK_QUEUE_FAILED')).toBe(true);
    expect(performance.now() - begun).toBeLessThan(30_000);
    for (let shown = error; AiworkError.isInstance(shown) || shown instanceof Error; shown = shown.cause) {
      expect(`${shown.message} ${shown.stack} ${JSON.stringify(shown)}`).not.toContain(password);
    }
  });
});
