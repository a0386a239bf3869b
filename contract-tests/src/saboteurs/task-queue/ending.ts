import { AiworkError, type CallOptions, type TaskQueue } from '@aiwork/core';
import { leavesATimer } from '../leaves-a-timer.ts';
import { inClients, type Saboteur, yieldTurns } from '../saboteur.ts';
import { keeping, telling } from '../telling.ts';

const unsignalled = ({ signal: _, ...options }: CallOptions = {}) => options;

const declaring = (changes: object) =>
  inClients<TaskQueue>(({ capabilities }) => ({
    capabilities: Object.freeze({ ...capabilities, ...changes }),
  }));

export const endingSaboteurs: readonly Saboteur<TaskQueue>[] = [
  {
    id: 'redelivers-as-it-likes',
    breaks: 'Declares a redelivery that the contract does not know',
    caughtBy: [
      { check: 'task-queue.capabilities.declared', message: 'redelivers to be one of the contract' },
    ],
    sabotage: declaring({ redelivers: 'sometimes' }),
    onlyNamed: true,
  },
  {
    id: 'capabilities-not-frozen',
    breaks: 'Gives capabilities that anybody may change',
    caughtBy: [{ check: 'task-queue.capabilities.frozen', message: 'capabilities to be frozen in depth' }],
    sabotage: inClients(({ capabilities }) => ({ capabilities: { ...capabilities } })),
    onlyNamed: true,
  },
  {
    id: 'signal-ignored',
    breaks: 'Ignores the signal of a call',
    caughtBy: [
      {
        check: 'task-queue.ending.aborted-before',
        message: 'enqueue() with an aborted signal to be refused',
      },
    ],
    sabotage: inClients((client) => ({
      enqueue: (jobs, options) => client.enqueue(jobs, unsignalled(options)),
    })),
    onlyNamed: true,
  },
  {
    id: 'sends-then-looks',
    breaks: 'Sends before it looks at the signal',
    caughtBy: [
      {
        check: 'task-queue.ending.aborted-before',
        message: 'the number of waiting jobs after aborted calls to be 0',
      },
    ],
    sabotage: inClients((client) => ({
      async enqueue(jobs, options) {
        if (options?.signal?.aborted) await client.enqueue(jobs);
        await client.enqueue(jobs, options);
      },
    })),
    onlyNamed: true,
  },
  {
    id: 'says-that-nothing-was-sent',
    breaks: 'Says of jobs that it sent, and whose answer it did not wait for, that they were not',
    caughtBy: [{ check: 'task-queue.ending.aborted-meanwhile', message: 'no job to be phantom' }],
    sabotage: inClients((client) => ({
      async enqueue(jobs, options) {
        await client.enqueue(jobs, options);
        await Promise.resolve();
        if (!options?.signal?.aborted) return;
        throw new AiworkError('AIWORK_CANCELLED', 'aborted', { outcome: 'not-applied' });
      },
    })),
    onlyNamed: true,
  },
  {
    id: 'never-closed',
    breaks: 'Goes on working after it was closed',
    caughtBy: [
      { check: 'task-queue.ending.closed-for-good', message: 'enqueue() after close() to be refused' },
    ],
    sabotage: inClients<TaskQueue>(() => ({ async close() {}, async [Symbol.asyncDispose]() {} })),
    onlyNamed: true,
  },
  {
    id: 'gives-away-calls',
    breaks: 'Does not wait for what it sends when it is closed',
    caughtBy: [
      {
        check: 'task-queue.ending.close-waits',
        message: 'writes in flight that were settled when close() resolved',
      },
    ],
    sabotage: inClients((client) => ({
      async enqueue(jobs, options) {
        await yieldTurns(5);
        await client.enqueue(jobs, options);
      },
    })),
    onlyNamed: true,
  },
  {
    id: 'leaves-a-timer',
    breaks: 'Leaves a timer behind',
    caughtBy: [
      { check: 'task-queue.ending.no-handle-left', message: 'handles that 4 closed clients left open' },
    ],
    sabotage: leavesATimer,
    onlyNamed: true,
  },
  {
    id: 'shows-jobs-in-errors',
    breaks: 'Shows the whole job in an error',
    caughtBy: [{ check: 'task-queue.secrets.not-in-errors', message: 'no secret in any error' }],
    sabotage: inClients((client) => ({
      enqueue: telling(client.enqueue, (jobs) => ({ message: JSON.stringify(jobs) })),
    })),
    onlyNamed: true,
  },
  {
    id: 'shows-its-password',
    breaks: 'Keeps what it was configured with where inspecting it shows it',
    caughtBy: [{ check: 'task-queue.secrets.not-in-the-queue', message: 'no secret in the queue' }],
    sabotage: keeping<TaskQueue>((_client, password) => ({ url: `kafka://user:${password}@host` })),
    onlyNamed: true,
  },
  {
    id: 'shows-what-failed-last',
    breaks: 'Keeps the last error of a handler where inspecting it shows it',
    caughtBy: [{ check: 'task-queue.secrets.not-in-the-queue', message: 'no secret in the queue' }],
    sabotage: inClients((client) => {
      const failures: unknown[] = [];
      const keep = { failures } as unknown as Partial<TaskQueue>;
      return {
        ...keep,
        consume: (options, handler) =>
          client.consume(options, async (job, control) => {
            try {
              await handler(job, control);
            } catch (error) {
              failures.push(error);
              throw error;
            }
          }),
      };
    }),
    onlyNamed: true,
  },
];
