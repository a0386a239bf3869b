import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../connection.ts';
import { keyspaceOf } from '../keyspace.ts';
import { redisServer } from '../redis-server.fixture.ts';
import { extendLease, giveJobBack, settleJob } from './end-job.ts';
import { jobOf } from './jobs.fixture.ts';
import { joinQueues } from './join-queues.ts';
import { queueCalls } from './queue-calls.ts';
import { queueKeys } from './queue-keys.ts';
import { queueRules } from './queue-options.ts';
import { takeJobs } from './take-jobs.ts';

const server = redisServer();
const leaseMs = 300;

/** A job that a handler has, and what it had of it before it lost it without noticing: its process was stopped. */
async function lostAndTaken() {
  const namespace = `fencing ${process.pid} ${Math.random()}`;
  const { queue } = await server.storage({ namespace });
  const connection = await connect({ url: server.service().url });
  onTestFinished(() => connection.close());
  const keys = queueKeys(keyspaceOf({ keyPrefix: 'aiwork:', namespace }));
  const calls = queueCalls({ connection, keys, rules: queueRules({ leaseMs }), repeatableMs: 1000 });
  await queue.enqueue([jobOf('a')]);
  const consumed = { queues: ['q'], group: 'g' };
  await joinQueues(calls, consumed);
  const take = async () => {
    const hand = await takeJobs(calls, consumed, calls.newToken(), 1);
    return hand?.jobs[0];
  };
  const before = await take();
  await delay(1.5 * leaseMs);
  const now = await take();
  if (!before || !now) throw new Error('the job was not handed out twice');
  return { calls, queue, before, now };
}

const held = { waiting: 0, inFlight: 1, deadLettered: 0 };

describe('a handler that lost its job and does not know', () => {
  it('settles nothing', async () => {
    const { calls, queue, before, now } = await lostAndTaken();
    await extendLease(calls, now);
    await settleJob(calls, before);
    expect(await queue.depth('q', 'g')).toEqual(held);
    await settleJob(calls, now);
    expect(await queue.depth('q', 'g')).toEqual({ ...held, inFlight: 0 });
  });

  it('gives nothing back', async () => {
    const { calls, queue, before, now } = await lostAndTaken();
    await extendLease(calls, now);
    await giveJobBack(calls, before, new Error('no'));
    expect(await queue.depth('q', 'g')).toEqual(held);
  });

  it('extends no lease', async () => {
    const { calls, before, now } = await lostAndTaken();
    expect(await extendLease(calls, before)).toBe(false);
    expect(await extendLease(calls, now)).toBe(true);
  });
});
