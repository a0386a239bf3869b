import type { TaskQueue } from '@aiwork/core';
import { amongClients } from '../among-clients.ts';
import { inClients, type Saboteur } from '../saboteur.ts';
import { amongHandlers, inHandlers } from './in-handlers.ts';
import { referenceTaskQueue } from './reference.ts';

const declaring = (changes: Partial<TaskQueue['capabilities']>) =>
  inClients<TaskQueue>(({ capabilities }) => ({
    capabilities: Object.freeze({ ...capabilities, ...changes }),
  }));

const maxDeliveries = 3;

/** Waits for the job to be lost, or its consumer to stop. */
const hang = (...signals: readonly AbortSignal[]) =>
  new Promise<void>((resolve) => {
    const signal = AbortSignal.any([...signals]);
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const all: readonly Omit<Saboteur<TaskQueue>, 'onlyNamed'>[] = [
  {
    id: 'settles-before-the-handler',
    breaks: 'Settles a job when it is handed out, and forgets it when its handler throws',
    caughtBy: [
      { check: 'task-queue.redelivery.after-a-throw', message: '2 jobs to be handed out' },
      { check: 'task-queue.depth.given-back', message: 'depth() of a job that was given back' },
    ],
    sabotage: inHandlers((handler) => (job, control) => handler(job, control).catch(() => {})),
  },
  {
    id: 'throws-mean-something',
    breaks: 'Takes a handler that throws nothing for one that returned',
    caughtBy: [{ check: 'task-queue.redelivery.whatever-is-thrown', message: '12 jobs to be handed out' }],
    sabotage: inHandlers((handler) => async (job, control) => {
      try {
        await handler(job, control);
      } catch (error) {
        if (error) throw error;
      }
    }),
  },
  {
    id: 'one-handler-at-a-time',
    breaks: 'Waits for a handler before it calls the next',
    caughtBy: [
      { check: 'task-queue.redelivery.others-go-on', message: '23 jobs to be handed out' },
      { check: 'task-queue.consumers.room-used', message: '8 handlers to run at once' },
    ],
    sabotage: inClients((client) => ({
      consume: (options, handler) =>
        client.consume({ ...options, concurrency: Math.min(options.concurrency, 1) }, handler),
    })),
  },
  {
    id: 'commits-past-a-hole',
    breaks: 'Settles what failed together with what came after it',
    caughtBy: [{ check: 'task-queue.redelivery.not-what-is-settled', message: '24 jobs to be handed out' }],
    sabotage: inHandlers((handler) => {
      let running = 0;
      return async (job, control) => {
        running += 1;
        try {
          await handler(job, control);
        } catch (error) {
          if (running === 1) throw error;
        } finally {
          running -= 1;
        }
      };
    }),
  },
  {
    id: 'goes-back-to-the-hole',
    breaks: 'Repeats what was settled after a job that failed',
    caughtBy: [{ check: 'task-queue.redelivery.not-what-is-settled', message: 'no job to be settled-again' }],
    sabotage: inHandlers((handler, _options, client) => {
      const failed = new Set<string>();
      const repeated = new Set<string>();
      return async (job, control) => {
        try {
          await handler(job, control);
          if (failed.size === 0 || failed.has(job.id) || repeated.has(job.id)) return;
          repeated.add(job.id);
          await client.enqueue([job]);
        } catch (error) {
          failed.add(job.id);
          throw error;
        }
      };
    }),
  },
  {
    id: 'gives-up-early',
    breaks: 'Drops a job that was given back twice',
    caughtBy: [{ check: 'task-queue.redelivery.until-it-is-settled', message: '3 jobs to be handed out' }],
    sabotage: amongHandlers(
      () => new Map<string, number>(),
      (handler, given) => async (job, control) => {
        try {
          await handler(job, control);
        } catch (error) {
          const times = (given.get(job.id) ?? 0) + 1;
          given.set(job.id, times);
          if (times < 2) throw error;
        }
      },
    ),
  },
  {
    id: 'retries-for-ever',
    breaks: 'Never gives a job up',
    caughtBy: [{ check: 'task-queue.dead-letters.after-the-last', message: '1 dead letters to be counted' }],
    sabotage: amongHandlers(
      () => new Map<string, number>(),
      (handler, given, client) => async (job, control) => {
        try {
          await handler(job, control);
        } catch (error) {
          const times = (given.get(job.id) ?? 0) + 1;
          given.set(job.id, times % maxDeliveries);
          if (times < maxDeliveries) throw error;
          await client.enqueue([job]);
        }
      },
    ),
  },
  {
    id: 'gives-up-late',
    breaks: 'Hands a job out once more than it declares',
    caughtBy: [{ check: 'task-queue.dead-letters.after-the-last', message: 'no job to be duplicated' }],
    sabotage: () =>
      declaring({ deadLetters: Object.freeze({ maxDeliveries }) })(
        referenceTaskQueue({ queue: { maxDeliveries: maxDeliveries + 1 } }),
      ),
  },
  {
    id: 'loses-the-error',
    breaks: 'Keeps no error with a dead letter',
    caughtBy: [{ check: 'task-queue.dead-letters.after-the-last', message: 'the error of the dead letter' }],
    sabotage: inClients((client) => ({
      async deadLetters(queue, group, options) {
        const { items, ...page } = await client.deadLetters(queue, group, options);
        const error = { name: 'Error', message: 'too many deliveries', retryable: false };
        return { ...page, items: items.map((letter) => ({ ...letter, error })) };
      },
    })),
  },
  {
    id: 'blocks-the-key',
    breaks: 'Hands out nothing more of the key of a dead letter',
    caughtBy: [{ check: 'task-queue.dead-letters.next-of-its-key', message: '4 jobs to be handed out' }],
    sabotage: amongHandlers(
      () => new Map<string, number>(),
      (handler, given, _client, { signal }) =>
        async (job, control) => {
          const { key = '' } = job;
          if (key !== '' && given.get(key) === maxDeliveries) return hang(control.signal, signal);
          try {
            await handler(job, control);
          } catch (error) {
            given.set(key, (given.get(key) ?? 0) + 1);
            throw error;
          }
        },
    ),
  },
  {
    id: 'one-graveyard',
    breaks: 'Lists the dead letters of one group for every group',
    caughtBy: [
      {
        check: 'task-queue.dead-letters.of-one-group',
        message: 'the dead letters of the other group to be 0',
      },
    ],
    sabotage: inClients((client) => ({
      deadLetters: (queue, _group, options) => client.deadLetters(queue, 'g', options),
    })),
  },
  {
    id: 'first-page-alone',
    breaks: 'Gives one page of dead letters',
    caughtBy: [{ check: 'task-queue.dead-letters.page-by-page', message: 'dead letters by pages of 1' }],
    sabotage: inClients((client) => ({
      async deadLetters(queue, group, options) {
        const { items } = await client.deadLetters(queue, group, options);
        return { items };
      },
    })),
  },
  {
    id: 'same-page-again',
    breaks: 'Gives the first page of dead letters for every cursor',
    caughtBy: [
      { check: 'task-queue.dead-letters.page-by-page', message: 'to go on where the last one ended' },
    ],
    sabotage: inClients((client) => ({
      deadLetters(queue, group, { cursor: _, ...options } = {}) {
        return client.deadLetters(queue, group, options);
      },
    })),
  },
  {
    id: 'puts-back-and-keeps',
    breaks: 'Keeps a dead letter that it puts back',
    caughtBy: [
      {
        check: 'task-queue.dead-letters.put-back',
        message: 'the jobs of the dead letters after one was put back',
      },
    ],
    sabotage: inClients((client) => ({
      async redrive(queue, group, letterIds) {
        const { items } = await client.deadLetters(queue, group);
        const jobs = items.flatMap(({ id, job }) => (letterIds.includes(id) ? [job] : []));
        await client.enqueue(jobs);
        return jobs.length;
      },
    })),
  },
  {
    id: 'counts-what-it-was-given',
    breaks: 'Says that it put back as many as it was given ids',
    caughtBy: [
      {
        check: 'task-queue.dead-letters.put-back-once',
        message: 'how many jobs four at once say they put back to be 1',
      },
    ],
    sabotage: inClients((client) => ({
      async redrive(queue, group, letterIds, options) {
        await client.redrive(queue, group, letterIds, options);
        return letterIds.length;
      },
    })),
  },
  {
    id: 'no-dead-letters-to-see',
    breaks: 'Declares no dead letters, and lists none',
    caughtBy: [{ check: 'task-queue.dead-letters.refused', message: 'deadLetters() to be refused' }],
    sabotage: (subject) =>
      inClients<TaskQueue>(() => ({ deadLetters: async () => ({ items: [] }) }))(
        declaring({ deadLetters: false })(subject),
      ),
  },
  {
    id: 'leases-without-an-end',
    breaks: 'Declares leases that never run out',
    caughtBy: [{ check: 'task-queue.leases.hanging-handler', message: '2 jobs to be handed out' }],
    sabotage: () => {
      const { leaseMs, maxLateMs } = { leaseMs: 400, maxLateMs: 100 };
      return declaring({ leases: Object.freeze({ ms: leaseMs, maxLateMs }) })(
        referenceTaskQueue({ queue: { leaseMs: 1e9 } }),
      );
    },
  },
  {
    id: 'leases-too-short',
    breaks: 'Hands a job to another long before its lease is over',
    caughtBy: [{ check: 'task-queue.leases.hanging-handler', message: 'no job to be shared' }],
    sabotage: () =>
      declaring({ leases: Object.freeze({ ms: 400, maxLateMs: 100 }) })(
        referenceTaskQueue({ queue: { leaseMs: 100 } }),
      ),
  },
  {
    id: 'heartbeats-unheard',
    breaks: 'Does nothing for a heartbeat',
    caughtBy: [
      {
        check: 'task-queue.leases.heartbeats-keep',
        message: 'whether the handler was told that it lost the job to be false',
      },
    ],
    sabotage: inHandlers(
      (handler) =>
        (job, { signal }) =>
          handler(job, { signal, heartbeat: async () => {} }),
    ),
  },
  {
    id: 'tells-nobody',
    breaks: 'Does not tell a handler that it lost its job',
    caughtBy: [{ check: 'task-queue.leases.told', message: 'its handler to be told that it lost the job' }],
    sabotage: inHandlers(
      (handler) => (job, control) => handler(job, { ...control, signal: new AbortController().signal }),
    ),
  },
  {
    id: 'one-heartbeat',
    breaks: 'Rejects a heartbeat after the first',
    caughtBy: [{ check: 'task-queue.leases.heartbeats-resolve', message: 'heartbeats to resolve' }],
    sabotage: inHandlers((handler) => (job, { signal }) => {
      let beats = 0;
      async function heartbeat() {
        beats += 1;
        if (beats > 1) throw new Error('too soon');
      }
      return handler(job, { signal, heartbeat });
    }),
  },
  {
    id: 'counts-all-as-waiting',
    breaks: 'Counts what handlers work on as waiting',
    caughtBy: [{ check: 'task-queue.depth.counts', message: 'depth() while 4 of 10 are worked on' }],
    sabotage: inClients((client) => ({
      async depth(queue, group, options) {
        const { waiting, inFlight, deadLettered } = await client.depth(queue, group, options);
        return { waiting: waiting + inFlight, inFlight: 0, deadLettered };
      },
    })),
  },
  {
    id: 'counts-what-was-sent',
    breaks: 'Counts what was ever enqueued',
    caughtBy: [{ check: 'task-queue.depth.counts', message: 'depth() while 4 of 10 are worked on' }],
    sabotage: amongClients(
      () => new Map<string, number>(),
      (client: TaskQueue, sent) => ({
        async enqueue(jobs, options) {
          await client.enqueue(jobs, options);
          for (const { queue } of jobs) sent.set(queue, (sent.get(queue) ?? 0) + 1);
        },
        async depth(queue, group, options) {
          const depth = await client.depth(queue, group, options);
          return { ...depth, waiting: sent.get(queue) ?? 0 };
        },
      }),
    ),
  },
];

export const handlerSaboteurs: readonly Saboteur<TaskQueue>[] = all.map((saboteur) => ({
  ...saboteur,
  onlyNamed: true,
}));
