import type { JobHandler, TaskQueue } from '@aiwork/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errorOf, redisServer } from '../redis-server.fixture.ts';
import { openLossyWire } from '../run-store/lossy-wire.fixture.ts';
import { gate, jobOf } from './jobs.fixture.ts';

const server = redisServer();

/** Two queues of one namespace, one of them behind a wire that loses the reply to its next call. */
async function queuesOnALossyWire() {
  const taskQueue = { minRedeliveryMs: 10 };
  const shared = { namespace: `lost replies ${process.pid} ${Math.random()}`, taskQueue };
  const wire = await openLossyWire(server.service().url);
  const { queue: direct } = await server.storage(shared);
  const { queue: remote } = await server.storage({ ...shared, url: wire.url });
  // The server knows the scripts from here on: a reply that says it does not is no reply to what was asked.
  const { stop } = consume(direct, async () => {});
  await direct.enqueue([jobOf('first')]);
  await expect.poll(() => direct.depth('q', 'g')).toEqual(nothing);
  await stop();
  return { wire, direct, remote };
}

const nothing = { waiting: 0, inFlight: 0, deadLettered: 0 };

function consume(queue: TaskQueue, handler: JobHandler) {
  const stopping = new AbortController();
  const options = { queues: ['q'], group: 'g', concurrency: 1, signal: stopping.signal };
  const consuming = queue.consume(options, handler);
  const stop = () => {
    stopping.abort();
    return consuming;
  };
  onTestFinished(stop);
  return { stop };
}

describe('a queue whose reply is lost', () => {
  it('enqueues its jobs once', async () => {
    const { wire, direct, remote } = await queuesOnALossyWire();
    await remote.enqueue([jobOf('a')]);
    const lost = wire.loseNextReply();
    const enqueuing = remote.enqueue([jobOf('b'), jobOf('c')]);
    await lost;
    wire.letIn();
    await enqueuing;
    expect(await direct.depth('q', 'g')).toMatchObject({ waiting: 3 });
  });

  it('says that nobody knows when the server does not come back in time', async () => {
    const { wire, remote } = await queuesOnALossyWire();
    const lost = wire.loseNextReply();
    const enqueuing = errorOf(remote.enqueue([jobOf('a')]));
    await lost;
    expect(await enqueuing).toMatchObject({ outcome: 'unknown', retryable: true });
    wire.letIn();
  });

  it('hands out at once what it had handed out to nobody, and not again what was settled', async () => {
    const { wire, direct, remote } = await queuesOnALossyWire();
    const handed: string[] = [];
    const rest = gate();
    consume(remote, async ({ id }) => {
      handed.push(id);
      await rest.opened;
    });
    await direct.enqueue([jobOf('a', { key: 'k' }), jobOf('b', { key: 'k' })]);
    await expect.poll(() => handed).toEqual(['a']);
    // The handler ends, and asks for the next job with the same breath.
    const lost = wire.loseNextReply();
    rest.open();
    await lost;
    const lostAt = performance.now();
    wire.letIn();
    await expect.poll(() => handed).toEqual(['a', 'b']);
    // Long before a lease is over.
    expect(performance.now() - lostAt).toBeLessThan(5000);
    await expect.poll(() => direct.depth('q', 'g')).toEqual(nothing);
    expect(handed).toEqual(['a', 'b']);
  });

  it('does not count a delivery that nobody was told of', async () => {
    const { wire, direct, remote } = await queuesOnALossyWire();
    const handed: string[] = [];
    const rest = gate();
    consume(remote, async ({ id }) => {
      handed.push(id);
      await rest.opened;
      if (id === 'b') throw new Error('no');
    });
    await direct.enqueue([jobOf('a'), jobOf('b')]);
    await expect.poll(() => handed).toEqual(['a']);
    const lost = wire.loseNextReply();
    rest.open();
    await lost;
    wire.letIn();
    await expect
      .poll(() => direct.depth('q', 'g'), { timeout: 10_000 })
      .toEqual({ waiting: 0, inFlight: 0, deadLettered: 1 });
    const { items } = await direct.deadLetters('q', 'g');
    expect(items).toMatchObject([{ job: { id: 'b' }, deliveries: 5, error: { message: 'no' } }]);
    expect(handed.filter((id) => id === 'b')).toHaveLength(5);
  });
});
