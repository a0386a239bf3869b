import { AiworkError, type Job, type TaskQueue } from '@aiwork/core';
import { amongClients } from '../among-clients.ts';
import { inClients, type Saboteur } from '../saboteur.ts';
import { amongHandlers, inHandlers, inJobs } from './in-handlers.ts';

/** Any text, as a name that a queue takes. */
const asName = (name: unknown): string =>
  /^[\w.-]{1,200}$/.test(`${name}`) && !/^\.+$/.test(`${name}`)
    ? `${name}`
    : `x${Buffer.from(`${name}`).toString('hex')}`.slice(0, 200);

const all: readonly Omit<Saboteur<TaskQueue>, 'onlyNamed'>[] = [
  {
    id: 'hands-out-more-than-a-job',
    breaks: 'Hands a job out with members of its own',
    caughtBy: [
      { check: 'task-queue.enqueuing.round-trip', message: 'the job plain that a handler is given' },
    ],
    sabotage: inHandlers((handler) => (job, control) => handler({ ...job, enqueuedAt: 1 } as Job, control)),
  },
  {
    id: 'hands-out-the-same-object',
    breaks: 'Hands out the object that was enqueued',
    caughtBy: [
      { check: 'task-queue.enqueuing.own-memory', message: 'the runId that two handlers are given' },
    ],
    sabotage: amongClients(
      () => new Map<string, Job>(),
      (client: TaskQueue, given) => ({
        async enqueue(jobs, options) {
          for (const job of jobs) given.set(job.id, job);
          await client.enqueue(jobs, options);
        },
        consume: (options, handler) =>
          client.consume(options, (job, control) => handler(given.get(job.id) ?? job, control)),
      }),
    ),
  },
  {
    id: 'deaf-before-consumers',
    breaks: 'Drops what is enqueued while nobody consumes',
    caughtBy: [{ check: 'task-queue.enqueuing.before-consumers', message: '20 jobs to be handed out' }],
    sabotage: amongClients(
      () => new Set<string>(),
      (client: TaskQueue, consumed) => ({
        enqueue: (jobs, options) =>
          client.enqueue(
            jobs.filter(({ queue }) => consumed.has(queue)),
            options,
          ),
        consume(options, handler) {
          for (const queue of options.queues) consumed.add(queue);
          return client.consume(options, handler);
        },
      }),
    ),
  },
  {
    id: 'looks-once',
    breaks: 'A consumer that found a queue empty does not look again',
    caughtBy: [{ check: 'task-queue.enqueuing.while-consumers-wait', message: '2 jobs to be handed out' }],
    sabotage: inClients((client) => ({
      async consume(options, handler) {
        const empty = new AbortController();
        const signal = AbortSignal.any([options.signal, empty.signal]);
        await client.consume({ ...options, signal }, async (job, control) => {
          const { waiting } = await client.depth(job.queue, options.group);
          if (waiting === 0) empty.abort();
          await handler(job, control);
        });
      },
    })),
  },
  {
    id: 'takes-an-id-once',
    breaks: 'Drops a job whose id it has seen before',
    caughtBy: [{ check: 'task-queue.enqueuing.ids-are-not-compared', message: '2 jobs to be handed out' }],
    sabotage: amongClients(
      () => new Set<string>(),
      (client: TaskQueue, seen) => ({
        enqueue(jobs, options) {
          const fresh = jobs.filter(({ id }) => !seen.has(id) && seen.add(id));
          return client.enqueue(fresh, options);
        },
      }),
    ),
  },
  {
    id: 'swallows-the-tail',
    breaks: 'Sends the first thousand jobs of a list',
    caughtBy: [{ check: 'task-queue.enqueuing.large-batches', message: '1500 jobs to be handed out' }],
    sabotage: inClients((client) => ({
      enqueue: (jobs, options) => client.enqueue(jobs.slice(0, 1000), options),
    })),
  },
  {
    id: 'first-queue-alone',
    breaks: 'Consumes the first of its queues',
    caughtBy: [{ check: 'task-queue.enqueuing.several-queues', message: '202 jobs to be handed out' }],
    sabotage: inClients((client) => ({
      consume: (options, handler) =>
        client.consume({ ...options, queues: options.queues.slice(0, 1) }, handler),
    })),
  },
  {
    id: 'sends-one-by-one',
    breaks: 'Sends the jobs of a list one after the other, until one is refused',
    caughtBy: [{ check: 'task-queue.enqueuing.all-or-nothing', message: 'no job to be phantom' }],
    sabotage: inClients((client) => ({
      async enqueue(jobs, options) {
        for (const job of jobs) await client.enqueue([job], options);
        if (jobs.length === 0) await client.enqueue(jobs, options);
      },
    })),
  },
  {
    id: 'swallows-what-follows-a-failure',
    breaks:
      'Acknowledges the call after one that failed without storing anything, as a producer of Kafka is known to',
    caughtBy: [{ check: 'task-queue.enqueuing.all-or-nothing', message: 'the good job to be handed out' }],
    sabotage: inClients((client) => {
      let failed = false;
      return {
        async enqueue(jobs, options) {
          if (failed) {
            failed = false;
            return;
          }
          try {
            await client.enqueue(jobs, options);
          } catch (error) {
            failed = true;
            throw error;
          }
        },
      };
    }),
  },
  {
    id: 'refuses-no-jobs',
    breaks: 'Refuses an empty list',
    caughtBy: [{ check: 'task-queue.enqueuing.no-jobs', message: 'no jobs to send' }],
    sabotage: inClients((client) => ({
      async enqueue(jobs, options) {
        if (jobs.length === 0) throw new AiworkError('AIWORK_INVALID_ARGUMENT', 'no jobs to send');
        await client.enqueue(jobs, options);
      },
    })),
  },
  {
    id: 'trims-texts',
    breaks: 'Cuts blanks off the ends of texts',
    caughtBy: [{ check: 'task-queue.hostile.texts', message: 'the job with the texts' }],
    sabotage: inHandlers(
      (handler) => (job, control) => handler({ ...job, runId: job.runId.trim() }, control),
    ),
  },
  {
    id: 'folds-case',
    breaks: 'Takes "A" and "a" for one queue',
    caughtBy: [{ check: 'task-queue.hostile.names-stay-apart', message: '1 jobs to be handed out' }],
    sabotage: inClients((client) => {
      const fold = (name: string) => (typeof name === 'string' ? name.toLowerCase() : name);
      return {
        enqueue: (jobs, options) =>
          client.enqueue(
            jobs.map((job) => ({ ...job, queue: fold(job.queue) })),
            options,
          ),
        consume: (options, handler) =>
          client.consume({ ...options, queues: options.queues.map(fold) }, handler),
      };
    }),
  },
  {
    id: 'takes-any-name',
    breaks: 'Rewrites names that its service would not take',
    caughtBy: [{ check: 'task-queue.hostile.refuses-names', message: 'as the queue of a job to be refused' }],
    sabotage: inJobs(({ queue }) => ({ queue: asName(queue) })),
  },
  {
    id: 'mends-numbers',
    breaks: 'Takes 1 for an attempt that is no number',
    caughtBy: [{ check: 'task-queue.hostile.refuses-jobs', message: 'a job with attempt 0.5 to be refused' }],
    sabotage: inJobs(({ attempt }) => ({ attempt: Number.isInteger(attempt) && attempt > 0 ? attempt : 1 })),
  },
  {
    id: 'waits-with-no-room',
    breaks: 'Consumes with no room for a job, for ever',
    caughtBy: [
      {
        check: 'task-queue.hostile.refuses-consuming-nothing',
        message: 'consume() with concurrency 0 to be refused',
      },
    ],
    sabotage: inClients((client) => ({
      async consume(options, handler) {
        if (options.concurrency > 0) await client.consume(options, handler);
      },
    })),
  },
  {
    id: 'drops-what-is-too-large',
    breaks: 'Takes a job that is too large, and does not keep it',
    caughtBy: [
      {
        check: 'task-queue.capabilities.job-bytes',
        message: 'enqueue() of a job of 20001 bytes to be refused',
      },
    ],
    sabotage: inClients((client) => ({
      enqueue: (jobs, options) =>
        client.enqueue(
          jobs.filter((job) => Buffer.byteLength(JSON.stringify(job)) <= client.capabilities.maxJobBytes),
          options,
        ),
    })),
  },
  {
    id: 'order-lost-after-a-stop',
    breaks: 'Forgets the order of keys when a consumer has left',
    caughtBy: [{ check: 'task-queue.sequences.nothing-wrong', message: 'no job to be reordered' }],
    sabotage: amongClients(
      () => ({ stops: 0 }),
      (client: TaskQueue, shared) => ({
        enqueue(jobs, options) {
          const keyless = ({ key: _, ...job }: Job) => job;
          return client.enqueue(shared.stops > 0 ? jobs.map(keyless) : jobs, options);
        },
        async consume(options, handler) {
          await client.consume(options, handler);
          shared.stops += 1;
        },
      }),
    ),
  },
  {
    id: 'priorities-not-kept',
    breaks: 'Declares priorities and hands out in the order of arrival',
    caughtBy: [
      {
        check: 'task-queue.order.priorities',
        message: 'the priorities in the order in which jobs are handed out',
      },
    ],
    sabotage: amongClients(
      () => new Map<string, number>(),
      (client: TaskQueue, priorities) => ({
        enqueue(jobs, options) {
          for (const { id, priority } of jobs) priorities.set(id, priority);
          return client.enqueue(
            jobs.map((job) => ({ ...job, priority: 0 })),
            options,
          );
        },
        consume: (options, handler) =>
          client.consume(options, (job, control) =>
            handler({ ...job, priority: priorities.get(job.id) ?? 0 }, control),
          ),
      }),
    ),
  },
  {
    id: 'no-order-of-keys',
    breaks: 'Declares the order of a key and keeps none',
    caughtBy: [{ check: 'task-queue.order.of-a-key', message: 'no job to be reordered' }],
    sabotage: inJobs(() => ({ key: undefined })),
  },
  {
    id: 'priority-before-key',
    breaks: 'Lets a higher priority overtake an earlier job of its key',
    caughtBy: [{ check: 'task-queue.order.whatever-the-priority', message: 'no job to be reordered' }],
    sabotage: inJobs(({ priority }) => (priority === 0 ? {} : { key: undefined })),
  },
  {
    id: 'overtakes-the-delayed',
    breaks: 'Lets jobs overtake a delayed one of their key',
    caughtBy: [{ check: 'task-queue.order.behind-a-delayed-one', message: 'no job to be reordered' }],
    sabotage: inJobs(({ notBefore }) => (notBefore === undefined ? {} : { key: undefined })),
  },
  {
    id: 'order-of-one-consumer',
    breaks: 'Keeps the order of a key in each consumer by itself',
    caughtBy: [{ check: 'task-queue.order.over-consumers', message: 'no job to be reordered' }],
    sabotage: amongClients(
      () => ({ consumers: 0 }),
      (client: TaskQueue, shared) => ({
        enqueue: (jobs, options) =>
          client.enqueue(shared.consumers > 1 ? jobs.map(({ key: _, ...job }) => job) : jobs, options),
        consume(options, handler) {
          shared.consumers += 1;
          return client.consume(options, handler);
        },
      }),
    ),
  },
  {
    id: 'sends-back-to-the-end',
    breaks: 'Enqueues a job that was given back behind all others',
    caughtBy: [{ check: 'task-queue.order.over-redelivery', message: 'no job to be reordered' }],
    sabotage: inHandlers((handler, _options, client) => async (job, control) => {
      try {
        await handler(job, control);
      } catch {
        await client.enqueue([job]);
      }
    }),
  },
  {
    id: 'hands-out-early',
    breaks: 'Hands out a delayed job a little before its time',
    caughtBy: [{ check: 'task-queue.delays.in-time', message: 'no job to be early' }],
    sabotage: inJobs(({ notBefore }) => (notBefore === undefined ? {} : { notBefore: notBefore - 80 })),
  },
  {
    id: 'hands-out-late',
    breaks: 'Looks for delayed jobs too seldom',
    caughtBy: [{ check: 'task-queue.delays.in-time', message: 'to be handed out at most' }],
    sabotage: inJobs(({ notBefore }) => (notBefore === undefined ? {} : { notBefore: notBefore + 900 })),
  },
  {
    id: 'waits-behind-the-delayed',
    breaks: 'Holds everything up behind a delayed job',
    caughtBy: [{ check: 'task-queue.delays.pass-over', message: '2 jobs to be handed out' }],
    sabotage: inClients((client) => ({
      enqueue(jobs, options) {
        const notBefore = Math.max(0, ...jobs.map((job) => job.notBefore ?? 0));
        return client.enqueue(notBefore > 0 ? jobs.map((job) => ({ ...job, notBefore })) : jobs, options);
      },
    })),
  },
  {
    id: 'refused-and-delayed',
    breaks: 'Declares no delays and hands a delayed job out at once',
    caughtBy: [
      {
        check: 'task-queue.delays.refused',
        message: 'enqueue() of a job with notBefore to be refused with AIWORK_UNSUPPORTED_CAPABILITY',
      },
    ],
    sabotage: (subject) =>
      inJobs(() => ({ notBefore: undefined }))(
        inClients<TaskQueue>(({ capabilities }) => ({
          capabilities: Object.freeze({ ...capabilities, delayed: false }),
        }))(subject),
      ),
  },
  {
    id: 'late-end-counts',
    breaks: 'Lets a handler that lost its job settle it for the one that has it',
    caughtBy: [{ check: 'task-queue.leases.late-end', message: '3 jobs to be handed out' }],
    sabotage: amongHandlers(
      () => new Set<string>(),
      (handler, settled) => async (job, control) => {
        try {
          await handler(job, control);
          if (control.signal.aborted) settled.add(job.id);
        } catch (error) {
          if (!settled.has(job.id)) throw error;
        }
      },
    ),
  },
];

export const enqueuingSaboteurs: readonly Saboteur<TaskQueue>[] = all.map((saboteur) => ({
  ...saboteur,
  onlyNamed: true,
}));
