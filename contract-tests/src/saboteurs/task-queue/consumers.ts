import { AiworkError, type TaskQueue } from '@aiwork/core';
import { amongClients } from '../among-clients.ts';
import { closesAll, forgetsAtLastClose, namespaceIgnored } from '../between-clients.ts';
import { listening } from '../careless.ts';
import { inClients, type Saboteur, yieldTurns } from '../saboteur.ts';

/** Keeps everything in one namespace, in which queues are named after their own one. */
const prefixing =
  (separator: string): Saboteur<TaskQueue>['sabotage'] =>
  (subject) => ({
    ...subject,
    async open({ namespace }) {
      const client = await subject.open({ namespace: 'all' });
      const of = (queue: string) => `${namespace}${separator}${queue}`;
      const back = (queue: string) => queue.slice(of('').length);
      return {
        ...client,
        enqueue: (jobs, options) =>
          client.enqueue(
            jobs.map((job) => ({ ...job, queue: of(job.queue) })),
            options,
          ),
        consume: (options, handler) =>
          client.consume({ ...options, queues: options.queues.map(of) }, (job, control) =>
            handler({ ...job, queue: back(job.queue) }, control),
          ),
        depth: (queue, group, options) => client.depth(of(queue), group, options),
      };
    },
  });

const all: readonly Omit<Saboteur<TaskQueue>, 'onlyNamed'>[] = [
  {
    id: 'every-consumer-for-itself',
    breaks: 'Hands every job to each consumer',
    caughtBy: [{ check: 'task-queue.consumers.share', message: 'no job to be s' }],
    sabotage: amongClients(
      () => ({ consumers: 0 }),
      (client: TaskQueue, shared) => ({
        consume(options, handler) {
          shared.consumers += 1;
          return client.consume({ ...options, group: `${options.group}-${shared.consumers}` }, handler);
        },
      }),
    ),
  },
  {
    id: 'one-group',
    breaks: 'Takes all groups for one',
    caughtBy: [{ check: 'task-queue.consumers.groups-get-all', message: 'each of 2 groups to be handed' }],
    sabotage: inClients((client) => ({
      consume: (options, handler) => client.consume({ ...options, group: 'all' }, handler),
    })),
  },
  {
    id: 'room-for-one-more',
    breaks: 'Runs a handler more than it may',
    caughtBy: [
      { check: 'task-queue.consumers.room-kept', message: 'the handlers at once with concurrency 1 to be 1' },
    ],
    sabotage: inClients((client) => ({
      consume: (options, handler) =>
        client.consume({ ...options, concurrency: options.concurrency + 1 }, handler),
    })),
  },
  {
    id: 'a-queue-in-each-process',
    breaks: 'Keeps what a client enqueues in that client',
    caughtBy: [{ check: 'task-queue.consumers.any-client', message: '5 jobs to be handed out' }],
    sabotage(subject) {
      let clients = 0;
      return {
        ...subject,
        open({ namespace }) {
          clients += 1;
          return subject.open({ namespace: `${namespace} ${clients}` });
        },
      };
    },
  },
  {
    id: 'closes-all',
    breaks: 'Closes what its clients share with the first of them',
    caughtBy: [{ check: 'task-queue.consumers.taken-over', message: 'AIWORK_CLOSED' }],
    sabotage: closesAll,
  },
  {
    id: 'forgets-at-last-close',
    breaks: 'Loses everything with its last client',
    caughtBy: [{ check: 'task-queue.consumers.kept-by-the-next', message: '10 jobs to be handed out' }],
    sabotage: forgetsAtLastClose,
  },
  {
    id: 'namespace-ignored',
    breaks: 'Keeps all tenants in one space',
    caughtBy: [
      { check: 'task-queue.consumers.namespaces', message: 'the waiting jobs in b of a job of a to be 0' },
    ],
    sabotage: namespaceIgnored,
  },
  {
    id: 'namespace-joined-by-dot',
    breaks: 'Joins namespace and queue by a dot that names may hold',
    caughtBy: [
      {
        check: 'task-queue.consumers.similar-namespaces',
        message: 'what queue "q" hands out in namespace "x.y"',
      },
    ],
    sabotage: prefixing('.'),
  },
  {
    id: 'drains-nothing',
    breaks: 'Is done when it is told to stop, whatever its handlers do',
    caughtBy: [
      {
        check: 'task-queue.stopping.drains',
        message: 'whether stopping was done while handlers ran to be false',
      },
    ],
    sabotage: inClients((client) => ({
      async consume(options, handler) {
        const stopped = new Promise<void>((resolve) => {
          options.signal.addEventListener?.('abort', () => resolve(), { once: true });
        });
        await Promise.race([client.consume(options, handler), stopped]);
      },
    })),
  },
  {
    id: 'close-drains-nothing',
    breaks: 'Is closed while handlers run',
    caughtBy: [
      {
        check: 'task-queue.stopping.close-drains',
        message: 'whether close() was done while handlers ran to be false',
      },
    ],
    sabotage: inClients((client) => ({
      async close() {
        void client.close();
      },
    })),
  },
  {
    id: 'one-more-before-it-stops',
    breaks: 'Takes jobs for a while after it was told to stop',
    caughtBy: [
      {
        check: 'task-queue.stopping.takes-nothing-more',
        message: 'how many jobs a consumer that was stopped took to be 2',
      },
    ],
    sabotage: inClients((client) => ({
      async consume(options, handler) {
        const stop = new AbortController();
        const later = () => void yieldTurns(20).then(() => stop.abort());
        options.signal.addEventListener?.('abort', later, { once: true });
        await client.consume({ ...options, signal: stop.signal }, handler);
      },
    })),
  },
  {
    id: 'stopped-is-failed',
    breaks: 'Rejects when it is told to stop before it begins',
    caughtBy: [{ check: 'task-queue.stopping.before-it-begins', message: 'AIWORK_CANCELLED' }],
    sabotage: inClients((client) => ({
      async consume(options, handler) {
        if (options.signal.aborted) throw new AiworkError('AIWORK_CANCELLED', 'told to stop');
        await client.consume(options, handler);
      },
    })),
  },
  {
    id: 'waits-for-its-next-job',
    breaks: 'Notices that it was told to stop when its next job comes',
    caughtBy: [{ check: 'task-queue.stopping.at-once-when-idle', message: 'an idle consumer to stop' }],
    sabotage: inClients((client) => ({
      async consume(options, handler) {
        const stop = new AbortController();
        await client.consume({ ...options, signal: stop.signal }, async (job, control) => {
          if (options.signal.aborted) stop.abort();
          await handler(job, control);
        });
      },
    })),
  },
  {
    id: 'keeps-listening',
    breaks: 'Leaves its listener on the signal of the process',
    caughtBy: [
      { check: 'task-queue.stopping.no-listener-left', message: 'the number of listeners left by calls' },
    ],
    sabotage: inClients((client) => ({ enqueue: listening(client.enqueue) })),
  },
];

export const consumerSaboteurs: readonly Saboteur<TaskQueue>[] = all.map((saboteur) => ({
  ...saboteur,
  onlyNamed: true,
}));
