import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { errorOf, freshQueue, jobsOf, kafkaServer } from '../kafka-server.fixture.ts';
import { openWire } from '../wire.fixture.ts';

vi.setConfig({ testTimeout: 240_000 });

const server = kafkaServer();

beforeEach(({ skip }) => {
  if (!server.service().restart) skip('the brokers of AIWORK_KAFKA_BROKERS are not ours to break');
});

/** From then on, the broker refuses all batches for the topic. */
async function refuseAll(admin: Admin, name: string): Promise<void> {
  const configEntries = [{ name: 'max.message.bytes', value: '10' }];
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name, configEntries }],
  });
  // Brokers take it up some time after they took it.
  const isTaken = () =>
    server.send(name, [Buffer.of()]).then(
      () => true,
      () => false,
    );
  await vi.waitUntil(async () => !(await isTaken()), 60_000);
}

async function storedIn(admin: Admin, topic: string): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets.reduce((sum, { high }) => sum + Number(high), 0);
}

describe('what is refused', () => {
  it('may have been stored when the reply to an attempt before was lost', async () => {
    const wire = await openWire(server.service());
    const admin = await server.admin();
    const { queue } = await server.tasks({ brokers: wire.brokers });
    const name = freshQueue();
    const topic = `aiwork.${name}`;
    await queue.enqueue(jobsOf(name, 1));
    wire.loseReplies();
    const refused = errorOf(queue.enqueue(jobsOf(name, 1)));
    await vi.waitUntil(async () => (await storedIn(admin, topic)) === 2, 60_000);
    await refuseAll(admin, topic);
    wire.heal();
    expect(await refused).toMatchObject({ code: 'AIWORK_LIMIT_EXCEEDED', outcome: 'unknown' });
  });

  it('was not stored when that was the only attempt', async () => {
    const admin = await server.admin();
    const { queue } = await server.tasks();
    const name = freshQueue();
    await queue.enqueue(jobsOf(name, 1));
    await refuseAll(admin, `aiwork.${name}`);
    const before = await storedIn(admin, `aiwork.${name}`);
    const refused = await errorOf(queue.enqueue(jobsOf(name, 1)));
    expect(refused).toMatchObject({ code: 'AIWORK_LIMIT_EXCEEDED', outcome: 'not-applied' });
    expect(await storedIn(admin, `aiwork.${name}`)).toBe(before);
  });

  it('has nothing that was sent with it stored twice', async () => {
    const admin = await server.admin();
    const { queue } = await server.tasks();
    const [first, good, bad] = [freshQueue(), freshQueue(), freshQueue()];
    await queue.enqueue([first, good, bad].flatMap((name) => jobsOf(name, 1)));
    await refuseAll(admin, `aiwork.${bad}`);
    // The others go together, while the first is on its way.
    const [, ofGood, ofBad] = await Promise.allSettled(
      [first, good, bad].map((name) => queue.enqueue(jobsOf(name, 1))),
    );
    expect(ofBad).toMatchObject({ status: 'rejected' });
    expect(ofGood).toMatchObject({ status: 'rejected', reason: { outcome: 'unknown' } });
    expect(await storedIn(admin, `aiwork.${good}`)).toBe(2);
  });
});
