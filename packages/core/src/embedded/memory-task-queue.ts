import type { Job, JobControl, TaskQueue } from '../adapters/task-queue.ts';
import { ClosedError } from '../errors.ts';
import { checkSignal, invalidArgument } from './argument-checks.ts';

/** @since 0.1.0 */
export interface MemoryTaskQueueOptions {
  /** The clock that `notBefore` is measured by, in milliseconds since the Unix epoch. Default `Date.now`. */
  readonly now?: () => number;
  /** How often a job is handed out, at most, before it is dead-lettered. Default 5. */
  readonly maxDeliveries?: number;
}

/** A job as one group sees it. */
interface Delivery {
  readonly job: Job;
  /** Rises with every job of the queue. */
  readonly position: number;
  deliveries: number;
}

/** What a group has of a queue. */
interface Group {
  readonly waiting: Delivery[];
  readonly inFlight: Set<Delivery>;
  readonly dead: Delivery[];
  /** Consumers that have room for more. */
  readonly consumers: Set<() => void>;
}

interface Queue {
  readonly groups: Map<string, Group>;
  /** What came before there was any group. */
  readonly early: Delivery[];
  lastPosition: number;
}

type Consumption = Parameters<TaskQueue['consume']>[0];
type Handler = Parameters<TaskQueue['consume']>[1];

/**
 * Keeps jobs in this process's memory, for tests and for flows that are not spread yet. All is lost with the process.
 *
 * Each group is handed every job; the first group of a queue also those that came before it. Jobs of one key are handed
 * out one after the other, the others by priority.
 *
 * @example
 * ```ts
 * import { createMemoryTaskQueue } from '@aiwork/core';
 *
 * const queue = createMemoryTaskQueue();
 * await queue.enqueue([{ id: 'j1', queue: 'mail', runId: 'r1', stepId: 'send', attempt: 1, priority: 0 }]);
 * const done = new AbortController();
 * await queue.consume({ queues: ['mail'], group: 'g', concurrency: 1, signal: done.signal }, async (job) => {
 *   console.log(job.id); // j1
 *   done.abort();
 * });
 * await queue.close();
 * ```
 * @since 0.1.0
 */
export function createMemoryTaskQueue(options: MemoryTaskQueueOptions = {}): TaskQueue {
  const { now = Date.now, maxDeliveries = 5 } = options;
  const queues = new Map<string, Queue>();
  const consuming = new Set<Promise<void>>();
  const closing = new AbortController();

  function check(signal: AbortSignal | undefined): void {
    if (closing.signal.aborted) throw new ClosedError('the in-memory queue');
    checkSignal(signal);
  }

  function queueOf(name: string): Queue {
    let queue = queues.get(name);
    if (!queue) {
      queue = { groups: new Map(), early: [], lastPosition: 0 };
      queues.set(name, queue);
    }
    return queue;
  }

  function groupOf(queue: Queue, name: string): Group {
    let group = queue.groups.get(name);
    if (!group) {
      group = { waiting: queue.early.splice(0), inFlight: new Set(), dead: [], consumers: new Set() };
      queue.groups.set(name, group);
    }
    return group;
  }

  function settle(group: Group, delivery: Delivery, failed: boolean): void {
    group.inFlight.delete(delivery);
    if (!failed) return;
    if (delivery.deliveries >= maxDeliveries) group.dead.push(delivery);
    else insert(group.waiting, delivery);
  }

  function consume({ queues: names, group: groupName, concurrency, signal }: Consumption, handler: Handler) {
    const stop = AbortSignal.any([signal, closing.signal]);
    const groups = names.map((name) => groupOf(queueOf(name), groupName));
    const working = new Set<Promise<void>>();
    return new Promise<void>((resolve) => {
      let timer: NodeJS.Timeout | undefined;

      function take(): void {
        clearTimeout(timer);
        while (!stop.aborted && working.size < concurrency) {
          const next = groups.map((group) => [group, nextOf(group, now())] as const).find(([, each]) => each);
          if (!next?.[1]) return sleep();
          work(next[0], next[1]);
        }
        if (stop.aborted && working.size === 0) end();
      }

      /** Until the first of those that are to be handed out later. */
      function sleep(): void {
        const times = groups.flatMap(({ waiting }) => waiting.map(({ job }) => job.notBefore ?? Infinity));
        const next = Math.min(...times);
        if (Number.isFinite(next)) timer = setTimeout(take, Math.min(Math.max(1, next - now()), 0x7fffffff));
      }

      function work(group: Group, delivery: Delivery): void {
        group.waiting.splice(group.waiting.indexOf(delivery), 1);
        group.inFlight.add(delivery);
        delivery.deliveries += 1;
        const working_ = callHandler(handler, delivery.job).then((failed) => {
          working.delete(working_);
          settle(group, delivery, failed);
          for (const wake of group.consumers) wake();
          take();
        });
        working.add(working_);
      }

      function end(): void {
        clearTimeout(timer);
        stop.removeEventListener('abort', take);
        for (const group of groups) group.consumers.delete(take);
        resolve();
      }

      for (const group of groups) group.consumers.add(take);
      stop.addEventListener('abort', take, { once: true });
      take();
    });
  }

  return {
    capabilities: Object.freeze({
      delivery: 'at-least-once',
      ordering: 'per-key',
      leases: false,
      deadLetter: true,
      delayed: { granularityMs: 1 },
      durability: 'process',
      maxJobBytes: Number.POSITIVE_INFINITY,
    }),

    async enqueue(jobs, { signal } = {}) {
      check(signal);
      for (const job of jobs) {
        const queue = queueOf(job.queue);
        queue.lastPosition += 1;
        const position = queue.lastPosition;
        const lists =
          queue.groups.size > 0 ? [...queue.groups.values()].map(({ waiting }) => waiting) : [queue.early];
        for (const list of lists) insert(list, { job, position, deliveries: 0 });
      }
      for (const { queue } of jobs)
        for (const group of queueOf(queue).groups.values()) for (const wake of group.consumers) wake();
    },

    async consume(consumption, handler) {
      check(undefined);
      const { queues: names, concurrency } = consumption;
      if (names.length === 0) throw invalidArgument('queues is empty: name at least one');
      if (!Number.isInteger(concurrency) || concurrency < 1) {
        throw invalidArgument(`concurrency is ${concurrency}: give a whole number of 1 or more`);
      }
      const work = consume(consumption, handler);
      consuming.add(work);
      await work;
      consuming.delete(work);
    },

    async depth(queueName, groupName, { signal } = {}) {
      check(signal);
      const queue = queueOf(queueName);
      const group = queue.groups.get(groupName);
      if (!group) return { waiting: queue.early.length, inFlight: 0, deadLettered: 0 };
      return {
        waiting: group.waiting.length,
        inFlight: group.inFlight.size,
        deadLettered: group.dead.length,
      };
    },

    async close() {
      closing.abort();
      await Promise.all(consuming);
    },

    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}

/** The first that may go: its time has come, and no earlier one of its key is waiting or at work. */
function nextOf({ waiting, inFlight }: Group, time: number): Delivery | undefined {
  const taken = new Set<string>();
  for (const { job } of inFlight) if (job.key !== undefined) taken.add(job.key);
  return waiting.find(({ job: { key, notBefore = 0 } }) => {
    if (key !== undefined && taken.has(key)) return false;
    if (key !== undefined) taken.add(key);
    return notBefore <= time;
  });
}

/** Higher priority first; what has the same, in the order of arrival. Jobs of one key stay in the order of arrival. */
function insert(waiting: Delivery[], delivery: Delivery): void {
  const { job, position } = delivery;
  const index = waiting.findIndex((other) => {
    if (job.key !== undefined && other.job.key === job.key) return other.position > position;
    if (other.job.priority !== job.priority) return other.job.priority < job.priority;
    return other.position > position;
  });
  if (index < 0) waiting.push(delivery);
  else waiting.splice(index, 0, delivery);
}

const control: JobControl = { heartbeat: async () => {}, signal: new AbortController().signal };

/** Whether it failed. */
async function callHandler(handler: Handler, job: Job): Promise<boolean> {
  try {
    await handler(job, control);
    return false;
  } catch {
    return true;
  }
}
