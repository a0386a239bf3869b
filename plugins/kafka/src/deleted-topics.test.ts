import { describe, expect, it, vi } from 'vitest';
import { freshQueue, kafkaServer } from './kafka-server.fixture.ts';

vi.setConfig({ testTimeout: 240_000 });

const server = kafkaServer();

describe('a topic that was deleted while it was in use', () => {
  it('is made anew by who produces, after a call or two that say so', async () => {
    const tasks = await server.tasks();
    const queue = freshQueue();
    const stop = new AbortController();
    const seen: unknown[] = [];
    const working = tasks.consumeTasks({ queue, group: 'g', signal: stop.signal }, async (payload) => {
      seen.push(payload);
    });
    await tasks.produceTask(queue, 'before');
    await vi.waitUntil(() => seen.length >= 1, 60_000);
    const admin = await server.admin();
    await admin.deleteTopics({ topics: [`aiwork.${queue}`] });
    const refusals: unknown[] = [];
    await vi.waitUntil(
      () =>
        tasks.produceTask(queue, 'after').then(
          () => true,
          (error: unknown) => {
            refusals.push(error);
            return false;
          },
        ),
      { timeout: 60_000, interval: 100 },
    );
    for (const error of refusals)
      expect(error).toMatchObject({ message: expect.stringContaining('the topic is missing') });
    expect(refusals.length).toBeLessThan(4);
    await vi.waitUntil(() => seen.includes('after'), 60_000);
    stop.abort();
    await working;
  });

  it('does not keep others from being made', async () => {
    const tasks = await server.tasks();
    const gone = freshQueue();
    await tasks.produceTask(gone, 1);
    expect(await tasks.queue.depth(gone, 'g')).toMatchObject({ waiting: 1 });
    const admin = await server.admin();
    await admin.deleteTopics({ topics: [`aiwork.${gone}`] });
    await vi.waitUntil(async () => !(await admin.listTopics()).includes(`aiwork.${gone}`), 60_000);
    await expect(tasks.produceTask(freshQueue(), 2)).resolves.toBeUndefined();
  });
});
