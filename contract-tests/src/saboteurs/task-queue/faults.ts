import type { TaskQueue } from '@aiwork/core';
import { taskQueuePlan } from '../../contracts/task-queue/faults.ts';
import { faultSaboteurs } from '../remote/fault-saboteurs.ts';
import { keepingSaboteurs } from '../remote/keeping-saboteurs.ts';
import type { Saboteur } from '../saboteur.ts';
import { remoteTaskQueue } from './remote.ts';

const parts = {
  plan: taskQueuePlan,
  reference: remoteTaskQueue,
  write: { method: 'enqueue', answer: undefined },
};

export const taskQueueFaultSaboteurs: readonly Saboteur<TaskQueue>[] = [
  ...keepingSaboteurs(parts),
  ...faultSaboteurs({
    ...parts,
    sentAgain: { enqueue: 'whose reply is lost to be applied whole and once, or not at all' },
  }),
];
