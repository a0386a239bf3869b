import type { Job, TaskQueue, TaskQueueCapabilities } from '../adapters/task-queue.ts';
import { type Clock, systemClock } from '../engine/clock.ts';
import { ClosedError, UnsupportedCapabilityError } from '../errors.ts';
import { checkSignal, checkTtl, checkWellFormed, invalidArgument, limitOption } from './argument-checks.ts';
import { checkConsume, checkJob, checkQueueName } from './job-arguments.ts';
import { consumeGroups, dispatch, type Group } from './memory-task-queue-consumer.ts';
import { createGroupJobs } from './memory-task-queue-group.ts';
import { pageLimit } from './run-arguments.ts';

/** @since 0.1.0 */
export interface MemoryTaskQueueOptions {
  /** What `notBefore`, redelivery and leases are measured by. Default: the machine's clock. */
  readonly clock?: Clock;
  /**
   * How long a handler has a job without a heartbeat before it is handed to another, in milliseconds. Default: as long as
   * it takes; a handler of this process is not lost unless it hangs.
   */
  readonly leaseMs?: number;
  /** How often a job is handed to a group, at most, before it is dead-lettered; Infinity: without end. Default 5. */
  readonly maxDeliveries?: number;
  /** How long a job that was given back waits, in milliseconds; twice as long each further time. Default 100. */
  readonly minRedeliveryMs?: number;
  /** But never longer than this, in milliseconds. Default 10,000. */
  readonly maxRedeliveryMs?: number;
  /** Largest job, in bytes of its JSON in UTF-8. Default: no limit. */
  readonly maxJobBytes?: number;
}

interface Queue {
  readonly groups: Map<string, Group>;
  /** What came before there was any group. */
  early: Job[];
}

/**
 * Keeps jobs in this process's memory, for tests and for flows that are not spread yet. Two queues never share anything;
 * all is lost with the process. A group keeps being handed jobs while none of its consumers is there.
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
  const { clock = systemClock, leaseMs, maxDeliveries = 5 } = options;
  const { minRedeliveryMs = 100, maxRedeliveryMs = 10_000 } = options;
  if (leaseMs !== undefined) checkTtl(leaseMs, 'leaseMs');
  checkDeliveries(maxDeliveries);
  checkDelay(minRedeliveryMs, 'minRedeliveryMs');
  checkDelay(maxRedeliveryMs, 'maxRedeliveryMs');
  const capabilities: TaskQueueCapabilities = Object.freeze({
    ordering: 'per-key',
    priorities: true,
    redelivers: 'lost',
    maxRedeliveryMs: maxRedeliveryMs + timerMs,
    leases: leaseMs === undefined ? false : Object.freeze({ ms: leaseMs, maxLateMs: timerMs }),
    deadLetters: Number.isFinite(maxDeliveries) && Object.freeze({ maxDeliveries }),
    delayed: Object.freeze({ granularityMs: 0, maxLateMs: timerMs }),
    depth: 'exact',
    durability: 'process',
    maxJobBytes: limitOption(options.maxJobBytes, 'maxJobBytes', Number.POSITIVE_INFINITY),
  });
  const rules = {
    clock,
    leaseMs: leaseMs ?? Number.POSITIVE_INFINITY,
    maxDeliveries,
    redeliveryMs: (deliveries: number) => Math.min(maxRedeliveryMs, minRedeliveryMs * 2 ** (deliveries - 1)),
  };
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
      queue = { groups: new Map(), early: [] };
      queues.set(name, queue);
    }
    return queue;
  }

  function groupOf(queueName: string, name: string): Group {
    const queue = queueOf(queueName);
    let group = queue.groups.get(name);
    if (!group) {
      group = { jobs: createGroupJobs(), consumers: new Set() };
      for (const job of queue.early) group.jobs.add(job);
      queue.early = [];
      queue.groups.set(name, group);
    }
    return group;
  }

  function checkGroup(queueName: string, groupName: string): Group | undefined {
    checkQueueName(queueName, 'the queue');
    checkQueueName(groupName, 'the group');
    return queues.get(queueName)?.groups.get(groupName);
  }

  function checkDeadLetters(): void {
    if (capabilities.deadLetters) return;
    throw new UnsupportedCapabilityError(
      'the in-memory queue hands jobs out without end: it has no dead letters',
    );
  }

  return {
    capabilities,

    async enqueue(jobs, { signal } = {}) {
      check(signal);
      const kept = jobs.map((job) => checkJob(job, capabilities));
      const filled = new Set<Group>();
      for (const job of kept) {
        const queue = queueOf(job.queue);
        if (queue.groups.size === 0) queue.early.push(job);
        for (const group of queue.groups.values()) {
          group.jobs.add(job);
          filled.add(group);
        }
      }
      for (const group of filled) dispatch(group, clock);
    },

    async consume(consumption, handler) {
      check(undefined);
      checkConsume(consumption);
      const { queues: names, group, concurrency, signal } = consumption;
      if (signal.aborted) return;
      const stop = AbortSignal.any([signal, closing.signal]);
      const groups = [...new Set(names)].map((name) => groupOf(name, group));
      const work = consumeGroups({ groups, concurrency, handler, stop }, rules);
      consuming.add(work);
      await work;
      consuming.delete(work);
    },

    async depth(queue, group, { signal } = {}) {
      check(signal);
      const jobs = checkGroup(queue, group)?.jobs;
      if (!jobs) return { waiting: queues.get(queue)?.early.length ?? 0, inFlight: 0, deadLettered: 0 };
      return { waiting: jobs.waiting, inFlight: jobs.inFlight, deadLettered: jobs.deadLetters.size };
    },

    async deadLetters(queue, group, query = {}) {
      check(query.signal);
      checkDeadLetters();
      const limit = pageLimit(query);
      const after = letterNumber(query.cursor);
      const letters = [...(checkGroup(queue, group)?.jobs.deadLetters.values() ?? [])];
      const rest = letters.filter(({ id }) => Number(id) > after);
      const items = rest.slice(0, limit);
      const last = items.at(-1);
      return { items, ...(last && rest.length > limit && { cursor: last.id }) };
    },

    async redrive(queue, group, letterIds, { signal } = {}) {
      check(signal);
      checkDeadLetters();
      for (const id of letterIds) checkWellFormed(id, 'the id of a dead letter');
      const there = checkGroup(queue, group);
      if (!there) return 0;
      const putBack = letterIds.filter((id) => there.jobs.redrive(id));
      dispatch(there, clock);
      return putBack.length;
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

/** How late a timer of a busy process may be. */
const timerMs = 100;

function checkDeliveries(maxDeliveries: number): void {
  if (maxDeliveries >= 1 && (Number.isInteger(maxDeliveries) || maxDeliveries === Number.POSITIVE_INFINITY))
    return;
  throw invalidArgument(`maxDeliveries is ${maxDeliveries}: give a whole number of 1 or more, or Infinity`);
}

function checkDelay(delayMs: number, name: string): void {
  if (Number.isFinite(delayMs) && delayMs >= 0) return;
  throw invalidArgument(`${name} is ${delayMs}: give a number of milliseconds of 0 or more`);
}

function letterNumber(cursor = '0'): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw invalidArgument(`the cursor ${JSON.stringify(cursor)} is not one that deadLetters() returned`);
}
