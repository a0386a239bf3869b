import { setTimeout as delay } from 'node:timers/promises';
import type { TaskQueue } from '@aiwork/core';
import type { Check } from '../../engine/contract.ts';
import { show } from '../../engine/violation.ts';
import { faultCheck } from '../faults/fault-check.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import { survivesKill, survivesRestart } from '../faults/nothing-lost.ts';
import { jobsOf } from './jobs.ts';
import { patienceMs, type QueueChecks, recorder, until } from './recorder.ts';

const cuts = 10;
const latencyMs = 4;
const keys = 5;
/** Fewer acknowledged jobs before a fault say nothing about it. */
const leastAcknowledged = 50;

/** Work that goes on while connections break and the service is away. */
export function faultyWorkChecks(plan: FaultPlan<TaskQueue>): readonly Check<TaskQueue>[] {
  const why = 'a step that is handed to nobody is never done, and its run waits for ever';
  return [
    faultCheck(plan, {
      name: 'work-goes-on-over-cuts',
      rule: 'However often the connections of consumers break, every job is handed out, in its order, and work goes on',
      anchor: 'TaskQueue.consume',
      why,
      async run(t) {
        const link = await t.link();
        const workers = [await t.open({ throughLink: true }), await t.open({ throughLink: true })];
        // A cut then finds jobs on their way, and what became of others on its way back.
        await link.latency(latencyMs);
        await duringWork(t, workers, async () => {
          for (let cut = 0; cut < cuts; cut += 1) {
            await delay(t.random.integer(10, 40));
            await link.cut();
            await delay(t.random.integer(10, 40));
            await link.dropNextReply();
          }
          await link.heal();
        });
      },
    }),
    faultCheck(plan, {
      name: 'work-goes-on-over-a-restart',
      rule: 'Consumers go on by themselves after a restart of the service, and no job is lost',
      anchor: 'Durability',
      why,
      needs: ['second-client', 'service-restart'],
      when: survivesRestart,
      run: async (t) => duringWork(t, [await t.open(), await t.open()], () => t.service.restart()),
    }),
    faultCheck(plan, {
      name: 'work-goes-on-over-a-kill',
      rule: 'Consumers go on by themselves after a kill of the service, and no job is lost',
      anchor: 'Durability',
      why,
      needs: ['second-client', 'service-kill'],
      when: survivesKill,
      run: async (t) => duringWork(t, [await t.open(), await t.open()], () => t.service.kill()),
    }),
  ];
}

/** Sends and does work before, during and after `fault`; afterwards all of it has to have been done. */
async function duringWork(
  t: QueueChecks,
  workers: readonly TaskQueue[],
  fault: () => Promise<void>,
): Promise<void> {
  const run = recorder(t);
  const producer = await t.open();
  const consumers = workers.map((client) =>
    run.consume(client, { concurrency: 4 }, () => t.wait(t.random.integer(1, 4))),
  );
  const ends: string[] = [];
  for (const { ended } of consumers) {
    ended.then(
      () => ends.push('it resolved'),
      (error: unknown) => ends.push(show(error)),
    );
  }
  const acknowledged: string[] = [];
  let batches = 0;
  async function send(): Promise<void> {
    batches += 1;
    const batch = batches;
    const jobs = jobsOf(5, (n) => ({
      id: `${batch}.${n}`,
      ...(n % 2 === 0 && { key: `key ${batch % keys}` }),
    }));
    // What became of it is in the history.
    await run.enqueue(producer, jobs).then(
      () => acknowledged.push(...jobs.map(({ id }) => id)),
      () => delay(5),
    );
  }
  const handed = () => new Set(consumers.flatMap((consumer) => consumer.handed.map(({ id }) => id)));
  const missing = () => {
    const seen = handed();
    return acknowledged.filter((id) => !seen.has(id));
  };
  const leaseMs = t.capabilities.leases ? t.capabilities.leases.ms + t.capabilities.leases.maxLateMs : 0;
  async function untilDone(): Promise<void> {
    await until(
      t,
      () => {
        run.faulted();
        return missing().length === 0 && consumers.every(({ running }) => running === 0);
      },
      `each of ${acknowledged.length} acknowledged jobs to be handed out`,
      () => missing(),
      patienceMs(t) + 2 * leaseMs,
    );
  }

  while (acknowledged.length < leastAcknowledged && !t.signal.aborted) await send();
  let over = false;
  run.faulted();
  const faulting = fault().finally(() => {
    over = true;
  });
  while (!over && !t.signal.aborted) {
    // What is settled while the service goes away may be handed out again when it is back.
    run.faulted();
    await send();
    // So many that there is always work, and so few that they can be done in time.
    await delay(15);
  }
  await faulting;
  run.faulted();
  await untilDone();
  // What was lost on its way to a consumer may come again until its lease is over.
  await t.wait(leaseMs);
  await untilDone();
  t.evidence('acknowledged', acknowledged.length);
  await send();
  await send();
  await until(
    t,
    () => {
      // A consumer may find only now that its connection is gone, and with it what it settled last.
      run.faulted();
      return missing().length === 0;
    },
    'jobs that are sent after a fault to be handed out',
    () => missing(),
  );
  t.same(ends, [], 'the ends of consume() before its signal aborted');
  await run.nothingWrong();
}
