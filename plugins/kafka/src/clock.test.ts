import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { errorOf, freshQueue, jobsOf, kafkaServer, shortSessionMs } from './kafka-server.fixture.ts';

vi.setConfig({ testTimeout: 240_000 });

const server = kafkaServer();
const hourMs = 3_600_000;
const keys = 10;
const sessionTimeoutMs = 2 * shortSessionMs;

describe('a worker whose clock is set', () => {
  it('forwards and back goes on at once, with every job once in its order and those that wait in their time', async () => {
    const { queue } = await server.tasks();
    const name = freshQueue();
    const admin = await server.admin();
    const process = server.spawn(name, { sessionTimeoutMs }, 20);
    const jobs = jobsOf(name, 400, (index) => ({
      id: `${index % 20 === 7 ? 'failing' : 'job'}-${index}`,
      key: `key ${index % keys}`,
    }));
    const delayed: string[] = [];
    for (const [phase, aheadMs] of [0, hourMs - 60_000, -hourMs, 0].entries()) {
      process.setClock(aheadMs);
      const id = `delayed-${phase}`;
      delayed.push(id);
      await queue.enqueue(jobsOf(name, 1, () => ({ id, notBefore: Date.now() + 1000 })));
      const ofPhase = jobs.slice(phase * 100, phase * 100 + 100);
      for (const job of ofPhase) {
        await queue.enqueue([job]);
        await delay(10);
      }
      // By a clock that is an hour late, it is too early.
      const due = ofPhase.map((job) => job.id).concat(aheadMs < 0 ? [] : id);
      await vi.waitUntil(() => due.every((each) => process.settled.includes(each)), 60_000);
      if (aheadMs < 0) {
        expect(process.taken).not.toContain(id);
        // It is still heard of, after a session without a heartbeat would be over.
        await delay(sessionTimeoutMs + 500);
        const { groups } = await admin.describeGroups([`aiwork.${name}.workers`]);
        expect(groups[0]?.members).toHaveLength(1);
      }
    }
    await vi.waitUntil(() => delayed.every((id) => process.settled.includes(id)), 60_000);
    process.kill('SIGTERM');
    expect(await process.ended()).toBe(0);
    for (let key = 0; key < keys; key += 1) {
      const ofKey = jobs.filter((job) => job.key === `key ${key}`).map(({ id }) => id);
      const settled = [...new Set(process.settled.filter((id) => ofKey.includes(id)))];
      expect(settled).toEqual(ofKey);
    }
    // Those that failed once, and what was at work when the clock went back.
    expect(process.taken.length - jobs.length - delayed.length).toBeLessThan(60);
    expect(await queue.depth(name, 'workers')).toEqual({ waiting: 0, inFlight: 0, deadLettered: 0 });
  });
});

describe('a producer whose clock is two hours fast', () => {
  it('is told so, and that nothing was stored', async ({ onTestFinished }) => {
    const { queue } = await server.tasks();
    const name = freshQueue();
    await queue.enqueue(jobsOf(name, 1));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * hourMs });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const error = await errorOf(queue.enqueue(jobsOf(name, 1)));
    // Unknown where an attempt before the one that was refused got no answer.
    const outcome = expect.stringMatching(/^(not-applied|unknown)$/);
    expect(error).toMatchObject({ code: 'AIWORK_QUEUE_FAILED', retryable: false, outcome });
    expect(error).toHaveProperty('message', expect.stringContaining('the clock of this machine'));
    expect(await queue.depth(name, 'workers')).toMatchObject({ waiting: 1 });
  });
});
