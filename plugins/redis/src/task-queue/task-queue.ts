import type { TaskQueue } from '@aiwork/core';
import { checkConsume, checkJob, checkQueueName, checkSignal } from '@aiwork/core/adapter-kit';
import { defineScript } from '../script.ts';
import type { StoreParts } from '../store-parts.ts';
import { type Bell, createBell } from './bell.ts';
import { consumeQueues } from './consume-queues.ts';
import { listLetters, redriveLetters } from './dead-letters.ts';
import { jobEnqueuing } from './enqueue-jobs.ts';
import { queueCalls } from './queue-calls.ts';
import { queueKeys } from './queue-keys.ts';
import { keysOfGroup, queueLua } from './queue-lua.ts';
import type { QueueRules } from './queue-options.ts';

/** How late this process and the server may be beside what they wait for. */
const lateMs = 400;

export interface TaskQueueParts extends StoreParts {
  readonly rules: QueueRules;
  readonly commandTimeoutMs: number;
}

/** KEYS: groups, those of no group, those of the group. ARGV: group. */
const count = defineScript<readonly [waiting: number, inFlight: number, deadLettered: number]>('count jobs', {
  lostReply: 'repeat',
  lua: `${queueLua}
local groups = redis.call('GET', KEYS[1])
local none, g = checked_group_at(2), checked_group_at(${2 + keysOfGroup})
if not groups then g = none end
local held = redis.call('ZCOUNT', g.held, string.format('(%.3f', clock()), '+inf')
return { redis.call('HLEN', g.jobs) - held, held, redis.call('ZCARD', g.dead) }
`,
});

/** Jobs in Redis, handed out by scripts and leased by the server's clock. */
export function createRedisTaskQueue(parts: TaskQueueParts): TaskQueue {
  const { connection, keyspace, gate, durability, rules, commandTimeoutMs } = parts;
  const keys = queueKeys(keyspace);
  const calls = queueCalls({ connection, keys, rules, repeatableMs: 2 * commandTimeoutMs });
  const enqueueJobs = jobEnqueuing(calls);
  const consumers = new Map<Bell, readonly string[]>();
  const closing = new AbortController();
  const lookMs = rules.pollMs + lateMs;
  const capabilities = Object.freeze({
    ordering: 'per-key',
    priorities: true,
    redelivers: 'lost',
    maxRedeliveryMs: rules.maxRedeliveryMs + lookMs,
    leases: Object.freeze({ ms: rules.leaseMs, maxLateMs: lookMs }),
    deadLetters: Object.freeze({ maxDeliveries: rules.maxDeliveries }),
    delayed: Object.freeze({ granularityMs: 0, maxLateMs: lookMs }),
    depth: 'exact',
    durability,
    maxJobBytes: rules.maxJobBytes,
  } as const);

  /** Those of this process need not look for what it enqueued. */
  function wake(queues: ReadonlySet<string>): void {
    for (const [bell, consumed] of consumers) if (consumed.some((queue) => queues.has(queue))) bell.ring();
  }

  function checkNames(queue: string, group: string): void {
    checkQueueName(queue, 'the queue');
    checkQueueName(group, 'the group');
  }

  async function close(): Promise<void> {
    closing.abort();
    await gate.close();
  }

  return {
    capabilities,

    enqueue(jobs, { signal } = {}) {
      return gate.pass(async () => {
        checkSignal(signal);
        const kept = jobs.map((job) => checkJob(job, capabilities));
        if (kept.length === 0) return;
        await enqueueJobs(kept, signal);
        wake(new Set(kept.map(({ queue }) => queue)));
      });
    },

    consume(options, handler) {
      return gate.pass(async () => {
        checkConsume(options);
        if (options.signal.aborted) return;
        const queues = [...new Set(options.queues)];
        const bell = createBell();
        consumers.set(bell, queues);
        const stop = AbortSignal.any([options.signal, closing.signal]);
        try {
          await consumeQueues(calls, { ...options, queues }, handler, { bell, stop });
        } finally {
          consumers.delete(bell);
        }
      });
    },

    depth(queue, group, { signal } = {}) {
      return gate.pass(async () => {
        checkNames(queue, group);
        const keysOfBoth = [keys.groups(queue), ...keys.group(queue, ''), ...keys.group(queue, group)];
        const [waiting, inFlight, deadLettered] = await connection.run(count, keysOfBoth, [], { signal });
        return { waiting, inFlight, deadLettered };
      });
    },

    deadLetters(queue, group, query = {}) {
      return gate.pass(async () => {
        checkNames(queue, group);
        return listLetters(calls, queue, group, query);
      });
    },

    redrive(queue, group, letterIds, { signal } = {}) {
      return gate.pass(async () => {
        checkNames(queue, group);
        const putBack = await redriveLetters(calls, queue, group, letterIds, signal);
        wake(new Set([queue]));
        return putBack;
      });
    },

    close,
    [Symbol.asyncDispose]: close,
  };
}
