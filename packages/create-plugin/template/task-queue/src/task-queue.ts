import type { TaskQueue, TaskQueueCapabilities } from '@aiwork/core';
import {
  checkConsume,
  checkJob,
  checkQueueName,
  checkSignal,
  createCallGate,
} from '@aiwork/core/adapter-kit';

// The contract is the TSDoc of `TaskQueue` in @aiwork/core. [task-queue.order] names the checks that hold a line to it:
// `npx aiwork-contract explain ID` says what one is about.

export interface TaskQueueOptions {
  /** Keeps tenants apart: a queue sees nothing of other namespaces. Default `default`. */
  readonly namespace?: string;
}

/**
 * What is declared is checked, and what is declared absent has to be refused with `UnsupportedCapabilityError`, without
 * effect. [task-queue.capabilities]
 */
const capabilities: TaskQueueCapabilities = Object.freeze({
  // 'per-key': jobs of one key wait for those before them. [task-queue.order]
  ordering: 'none',
  priorities: false,
  // Whether jobs are handed out again only when they were lost, or also when consumers come and go.
  redelivers: 'lost',
  maxRedeliveryMs: 1000,
  // Or { ms, maxLateMs }: a job whose handler says nothing for so long goes to another. [task-queue.leases]
  leases: false,
  // Or { maxDeliveries }: what was given back so often is given up. [task-queue.dead-letters]
  deadLetters: false,
  // Or { granularityMs, maxLateMs }: jobs may wait for their time. [task-queue.delays]
  delayed: false,
  depth: 'exact',
  // What an acknowledged job survives: 'process', 'service-restart' or 'service-kill'.
  durability: 'process',
  // Exact: at n it works, at n + 1 it refuses.
  maxJobBytes: 65_536,
});

export function createTaskQueue({ namespace = 'default' }: TaskQueueOptions = {}): TaskQueue {
  // Refuses calls after close(), and lets close() wait for those in flight. [task-queue.ending]
  const gate = createCallGate('the task queue', async () => {
    // Close the connection, timers and listeners here.
  });
  // A consumer is a call in flight: it has to end first. [task-queue.stopping]
  const closing = new AbortController();
  const close = () => {
    closing.abort();
    return gate.close();
  };

  return {
    capabilities,

    // All of them or none, in the order of the list. [task-queue.enqueuing]
    enqueue(jobs, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        jobs.map((job) => checkJob(job, capabilities)); // what to store: its members and no others
        throw notYet('enqueue');
      });
    },

    // At least once to each group, with one handler at a time, `concurrency` at once; a job that its handler throws at is
    // handed out again. Ends, and waits for its handlers, once `options.signal` or `closing.signal` aborts.
    // [task-queue.consumers] [task-queue.redelivery]
    consume(options, handler) {
      return gate.pass(async () => {
        checkConsume(options);
        throw notYet('consume');
      });
    },

    // [task-queue.depth]
    depth(queue, group, { signal } = {}) {
      return gate.pass(async () => {
        checkNames(queue, group, signal);
        throw notYet('depth');
      });
    },

    // Refused with `UnsupportedCapabilityError` while none are declared.
    deadLetters(queue, group, { signal } = {}) {
      return gate.pass(async () => {
        checkNames(queue, group, signal);
        throw notYet('deadLetters');
      });
    },

    redrive(queue, group, letterIds, { signal } = {}) {
      return gate.pass(async () => {
        checkNames(queue, group, signal);
        throw notYet('redrive');
      });
    },

    close,

    [Symbol.asyncDispose]: close,
  };
}

function checkNames(queue: string, group: string, signal: AbortSignal | undefined): void {
  checkSignal(signal);
  checkQueueName(queue, 'the queue');
  checkQueueName(group, 'the group');
}

function notYet(method: keyof TaskQueue): Error {
  return new Error(`not implemented yet: TaskQueue.${String(method)}`);
}
