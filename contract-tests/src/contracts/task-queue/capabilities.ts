import type { Job, TaskQueue } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { isDeepFrozen } from '../deep-frozen.ts';
import { idsOf, jobOf } from './jobs.ts';
import { recorder, untilHanded } from './recorder.ts';

const isMs = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** What a queue without a declared limit has to take. */
const unlimitedBytes = 1 << 18;

/** A job whose JSON has exactly so many bytes in UTF-8, but not so many characters. */
function jobOfBytes(id: string, bytes: number): Job {
  const rest = bytes - Buffer.byteLength(JSON.stringify(jobOf(id, { stepId: '' })));
  return jobOf(id, { stepId: 'ü'.repeat(Math.floor(rest / 2)) + 'x'.repeat(rest % 2) });
}

export const capabilities: CheckGroup<TaskQueue> = {
  id: 'capabilities',
  title: 'Capabilities and limits',
  checks: [
    {
      id: 'task-queue.capabilities.declared',
      rule: 'Capabilities are declared in full, with values that mean something',
      anchor: 'TaskQueueCapabilities',
      why: 'the engine and these checks decide by them',
      async run(t) {
        const { ordering, priorities, redelivers, leases, deadLetters, delayed, depth } = t.capabilities;
        const { maxRedeliveryMs, durability, maxJobBytes } = t.capabilities;
        const oneOf = (value: unknown, values: readonly unknown[], name: string) =>
          t.that(values.includes(value), `${name} to be one of the contract`, value);
        oneOf(ordering, ['none', 'per-key'], 'ordering');
        oneOf(redelivers, ['lost', 'rebalanced'], 'redelivers');
        oneOf(depth, ['exact', 'approximate'], 'depth');
        oneOf(durability, ['process', 'service-restart', 'service-kill'], 'durability');
        t.that(typeof priorities === 'boolean', 'priorities to be a boolean', priorities);
        t.that(isMs(maxRedeliveryMs), 'maxRedeliveryMs to be a time', maxRedeliveryMs);
        t.that(maxJobBytes > 0, 'maxJobBytes to be greater than 0', maxJobBytes);
        t.that(
          leases === false || (leases.ms > 0 && isMs(leases.ms) && isMs(leases.maxLateMs)),
          'leases to be false, or how long they are',
          leases,
        );
        t.that(
          deadLetters === false ||
            (Number.isInteger(deadLetters.maxDeliveries) && deadLetters.maxDeliveries > 0),
          'deadLetters to be false, or after how many deliveries',
          deadLetters,
        );
        t.that(
          delayed === false || (isMs(delayed.granularityMs) && isMs(delayed.maxLateMs)),
          'delayed to be false, or how exact it is',
          delayed,
        );
      },
    },
    {
      id: 'task-queue.capabilities.frozen',
      rule: 'Capabilities are frozen, and the same for every client',
      anchor: 'Adapter.capabilities',
      why: 'what a caller decided by must not change under it',
      async run(t) {
        const queue = await t.open();
        t.that(isDeepFrozen(queue.capabilities), 'capabilities to be frozen in depth', queue.capabilities);
        t.same(queue.capabilities, t.capabilities, 'the capabilities of another client');
      },
    },
    {
      id: 'task-queue.capabilities.job-bytes',
      rule: 'A job of exactly `maxJobBytes` works, one of a byte more is refused, and with it its whole list',
      anchor: 'TaskQueueCapabilities.maxJobBytes',
      why: 'a job that is cut off or dropped is a step that is never done',
      async run(t) {
        const queue = await t.open();
        const run = recorder(t);
        const { maxJobBytes } = t.capabilities;
        const limit = Math.min(maxJobBytes, unlimitedBytes);
        const largest = jobOfBytes('largest', limit);
        await run.enqueue(queue, [largest]);
        if (limit === maxJobBytes) {
          const list = [jobOf('small'), jobOfBytes('larger', limit + 1)];
          await t.refuses(() => queue.enqueue(list), `enqueue() of a job of ${limit + 1} bytes`, {
            code: 'AIWORK_LIMIT_EXCEEDED',
          });
        }
        const consumer = run.consume(queue, {});
        await untilHanded(t, 1, [consumer]);
        t.that(
          consumer.handed[0]?.stepId === largest.stepId,
          `a job of ${limit} bytes to come back whole`,
          'another text',
        );
        await run.nothingWrong();
        t.same(idsOf(consumer.handed), ['largest'], 'what is handed out beside a refused list');
      },
    },
  ],
};
