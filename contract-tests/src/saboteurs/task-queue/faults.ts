import { setTimeout as delay } from 'node:timers/promises';
import type { TaskQueue } from '@aiwork/core';
import { taskQueuePlan } from '../../contracts/task-queue/faults.ts';
import { jobOf } from '../../contracts/task-queue/jobs.ts';
import { faultSaboteurs } from '../remote/fault-saboteurs.ts';
import { keepingSaboteurs } from '../remote/keeping-saboteurs.ts';
import { slowDisk } from '../remote/slow-disk.ts';
import type { Saboteur } from '../saboteur.ts';
import { createPullQueue, type PullQueue } from './pull-queue.ts';
import { remotePullQueue, remoteQueueSubject, remoteTaskQueue } from './remote.ts';

const parts = {
  plan: taskQueuePlan,
  reference: remoteTaskQueue,
  write: { method: 'enqueue', answer: undefined },
};

/** Forgets a job when it hands it out. */
function createForgetfulQueue(): PullQueue {
  const queue = createPullQueue();
  return {
    ...queue,
    async take(queues, group) {
      const taken = await queue.take(queues, group);
      if (taken) await queue.end(taken.token, 'settle');
      return taken;
    },
  };
}

/** Works until it cannot reach its service. */
function impatient(client: TaskQueue): TaskQueue {
  return {
    ...client,
    async consume(options, handler) {
      const untilBroken = async () => {
        for (;;) {
          // What is read would be read again.
          await client.enqueue([jobOf('probe', { queue: 'probes' })], { signal: options.signal });
          await delay(2);
        }
      };
      await Promise.race([client.consume(options, handler), untilBroken()]);
    },
  };
}

const notHandedOut = 'acknowledged jobs to be handed out';

export const taskQueueFaultSaboteurs: readonly Saboteur<TaskQueue>[] = [
  ...keepingSaboteurs(parts),
  ...faultSaboteurs({
    ...parts,
    sentAgain: { enqueue: 'whose reply is lost to be applied whole and once, or not at all' },
  }),
  {
    id: 'settles-what-it-hands-out',
    breaks: 'Settles a job when it is taken, before anybody has heard of it',
    caughtBy: [{ check: 'task-queue.faults.work-goes-on-over-cuts', message: notHandedOut }],
    sabotage: () => remoteQueueSubject({}, { ...remotePullQueue, create: createForgetfulQueue }),
    onlyNamed: true,
  },
  {
    id: 'gives-up-after-a-cut',
    breaks: 'Every second consumer ends when its connection breaks, and others do its work',
    caughtBy: [
      {
        check: 'task-queue.faults.work-goes-on-over-cuts',
        message: 'the ends of consume() before its signal aborted to be []',
      },
    ],
    async sabotage() {
      const subject = await remoteQueueSubject();
      let clients = 0;
      return {
        ...subject,
        async open(options) {
          const client = await subject.open(options);
          clients += 1;
          return clients % 2 === 0 ? impatient(client) : client;
        },
      };
    },
    onlyNamed: true,
  },
  {
    id: 'keeps-jobs-in-memory',
    breaks: 'A service that loses the last jobs when it is restarted',
    caughtBy: [{ check: 'task-queue.faults.work-goes-on-over-a-restart', message: notHandedOut }],
    sabotage: () => remoteQueueSubject({ service: slowDisk(['enqueue'], ['restart']) }),
    onlyNamed: true,
  },
  {
    id: 'keeps-jobs-late',
    breaks: 'A service that loses the last jobs when it is killed',
    caughtBy: [{ check: 'task-queue.faults.work-goes-on-over-a-kill', message: notHandedOut }],
    sabotage: () => remoteQueueSubject({ service: slowDisk(['enqueue'], ['kill']) }),
    onlyNamed: true,
  },
];
