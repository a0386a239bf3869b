import { toRunError } from '@aiwork/core';
import { defineScript } from '../script.ts';
import type { QueueCalls } from './queue-calls.ts';
import { queueLua } from './queue-lua.ts';
import { redeliveryMs } from './queue-options.ts';
import type { Delivery } from './take-jobs.ts';

/*
 * Each removes first: a server without memory refuses a script that begins by adding, and jobs could not end that would
 * free some.
 */

/** KEYS: of the group. ARGV: position, token. */
const settle = defineScript<null>('settle a job', {
  lostReply: 'settle',
  lua: `${queueLua}
local g = checked_group_at(1)
if is_held(g, ARGV[1], ARGV[2]) then remove(g, ARGV[1]) end
`,
});

/** KEYS: of the group. ARGV: position, token, in how many milliseconds it may go again, maxDeliveries, error. */
const giveBack = defineScript<null>('give a job back', {
  lostReply: 'settle',
  lua: `${queueLua}
local g, position = checked_group_at(1), ARGV[1]
if not is_held(g, position, ARGV[2]) then return end
local count, now = delivery(g, position), clock()
if count >= tonumber(ARGV[4]) then return bury(g, position, count, ARGV[5], now) end
let_go(g, position, count)
redis.call('ZADD', g.delayed, string.format('%.3f', now + ARGV[3]), position)
`,
});

/** KEYS: of the group. ARGV: position, token, leaseMs. Gives whether it is still held. */
const extend = defineScript<0 | 1>('extend the lease of a job', {
  lostReply: 'settle',
  lua: `${queueLua}
local g = checked_group_at(1)
if not is_held(g, ARGV[1], ARGV[2]) then return 0 end
redis.call('ZREM', g.held, ARGV[1])
redis.call('ZADD', g.held, string.format('%.3f', clock() + ARGV[3]), ARGV[1])
return 1
`,
});

/** Whoever lost the job meanwhile settles nothing. */
export async function settleJob({ connection, keys }: QueueCalls, delivery: Delivery): Promise<void> {
  const { queue, group, position, token } = delivery;
  await connection.run(settle, keys.group(queue, group), [position, token]);
}

/** Has the job handed out again after a while, or dead-letters it. */
export async function giveJobBack(
  { connection, keys, rules }: QueueCalls,
  { queue, group, position, token, deliveries }: Delivery,
  thrown: unknown,
): Promise<void> {
  const args = [redeliveryMs(rules, deliveries), rules.maxDeliveries, JSON.stringify(toRunError(thrown))];
  await connection.run(giveBack, keys.group(queue, group), [position, token, ...args]);
}

export async function extendLease(
  { connection, keys, rules }: QueueCalls,
  { queue, group, position, token }: Delivery,
): Promise<boolean> {
  const reply = await connection.run(extend, keys.group(queue, group), [position, token, rules.leaseMs]);
  return reply === 1;
}
