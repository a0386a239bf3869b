import type { TaskQueue } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { keepingFaultChecks } from '../faults/fault-checks.ts';
import { contentSecret, type FaultPlan, type Mutation } from '../faults/fault-plan.ts';
import { faultyWorkChecks } from './faulty-work.ts';
import { jobsOf } from './jobs.ts';

/** A group that never consumes: what it would be handed is what was enqueued. */
const group = 'probe';

/** Each item is a queue of its own, of so many jobs that what is read of one is not taken for what is read of another. */
const countOf = (item: string) => 1 + (Number(item.replace(/\D/g, '')) % 5);

const enqueue: Mutation<TaskQueue> = {
  id: 'enqueue',
  call: 'enqueue()',
  async prepare(_direct, item) {
    // Of one key, so that no service has to put them in two places.
    const jobs = jobsOf(countOf(item), () => ({ queue: item, key: item, stepId: contentSecret }));
    return async (queue, options) => ({ applied: true, given: await queue.enqueue(jobs, options) });
  },
  async truth(direct, item) {
    const { waiting } = await direct.depth(item, group);
    if (waiting === 0) return 'not-applied';
    return waiting === countOf(item) ? 'applied' : { seen: `${waiting} of ${countOf(item)} jobs` };
  },
};

/** How the checks of faults use a queue. */
export const taskQueuePlan: FaultPlan<TaskQueue> = {
  contract: 'task-queue',
  mutations: [enqueue],
  reads: [
    {
      call: 'depth()',
      read: (queue, item, options) => queue.depth(item, group, options),
      gives: (item) => ({ waiting: countOf(item), inFlight: 0, deadLettered: 0 }),
    },
  ],
};

export const faults: CheckGroup<TaskQueue> = {
  id: 'faults',
  title: 'Faults on the wire, restarts and kills',
  checks: [...keepingFaultChecks(taskQueuePlan), ...faultyWorkChecks(taskQueuePlan)],
};
