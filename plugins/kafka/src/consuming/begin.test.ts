import { expect, it, vi } from 'vitest';
import { errorOf, freshQueue, jobsOf, kafkaServer, worker } from '../kafka-server.fixture.ts';
import { openWire } from '../wire.fixture.ts';

vi.setConfig({ testTimeout: 240_000 });

const server = kafkaServer();

it('begins when the brokers are back, where they are away at first', async ({ skip }) => {
  if (!server.service().linked) skip('the brokers of AIWORK_KAFKA_BROKERS are not ours to break');
  const wire = await openWire(server.service());
  const cutOff = await server.tasks({ brokers: wire.brokers, callTimeoutMs: 1000 });
  const name = freshQueue();
  const errors: unknown[] = [];
  cutOff.observe((event) => {
    if (event.type === 'disconnected') errors.push(event.error);
  });
  const { queue } = await server.tasks();
  await queue.enqueue(jobsOf(name, 1));
  wire.refuse();
  const seen: string[] = [];
  worker(cutOff.queue, { queues: [name] }, async ({ id }) => void seen.push(id));
  await vi.waitUntil(() => errors.length >= 2, 60_000);
  expect(errors[0]).toMatchObject({ code: 'AIWORK_QUEUE_FAILED', retryable: true });
  wire.heal();
  await vi.waitUntil(() => seen.length === 1, 60_000);
});

it('is told at once of what brokers will never take', async () => {
  const { queue } = await server.tasks({ sessionTimeoutMs: 100 });
  const { ended } = worker(queue, { queues: [freshQueue()] }, async () => {});
  const error = await errorOf(ended);
  expect(error).toMatchObject({ code: 'AIWORK_QUEUE_FAILED', retryable: false });
  expect(error).toHaveProperty('message', expect.stringContaining('sessionTimeoutMs'));
});
