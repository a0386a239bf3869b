import { AiworkError, toRunError } from '@aiwork/core';
import { defineScript } from '../script.ts';
import type { QueueCalls } from './queue-calls.ts';
import { keysOfGroup, queueLua } from './queue-lua.ts';

/** A job that was handed out. */
export interface Delivery {
  readonly queue: string;
  readonly group: string;
  readonly position: string;
  /** The request that it was handed out to: who settles it later has to name the same. */
  readonly token: string;
  /** How often it was handed out. */
  readonly deliveries: number;
  /** The JSON of the job. */
  readonly text: string;
}

/** Jobs that come back or become due in one step, so that no step keeps the server busy for long. */
const movedAtOnce = 500;

/**
 * KEYS: of each queue its groups and the keys of the group.
 * ARGV: group, token, how many to hand out, leaseMs, maxDeliveries, the error of a lost job.
 *
 * Hands out one job of each queue in turn. Gives in how many milliseconds there may be more, and each job as the index of
 * its queue, position, deliveries and text; or `unknown` when there is a queue that does not know the group.
 */
const take = defineScript<readonly [nextMs: string, ...jobs: (string | number)[]]>('hand out jobs', {
  // Who gets no reply asks for what it did to be undone.
  lostReply: 'unknown',
  lua: `${queueLua}
local group, token, room = ARGV[1], ARGV[2], tonumber(ARGV[3])
local lease, most, lost = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local queues = {}
for first = 1, #KEYS, ${1 + keysOfGroup} do
  if not has_group(redis.call('GET', KEYS[first]), group) then return { 'unknown' } end
  queues[#queues + 1] = group_at(first + 1)
end

local function next_at()
  local first
  for _, g in ipairs(queues) do
    for _, key in ipairs({ g.held, g.delayed }) do
      local at = tonumber(redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2])
      if at and (not first or at < first) then first = at end
    end
  end
  return first
end

local now = clock()
local function wait_ms(at)
  return at and string.format('%.0f', math.max(0, math.ceil(at - now))) or 'none'
end

-- Most who ask are idle.
local idle, first = true, next_at()
for _, g in ipairs(queues) do idle = idle and redis.call('EXISTS', g.ready) == 0 end
if idle and not (first and first <= now) then return { wait_ms(first) } end

for _, g in ipairs(queues) do check(g) end
for _, g in ipairs(queues) do
  for _, position in ipairs(redis.call(
    'ZRANGEBYSCORE', g.held, '-inf', string.format('%.3f', now), 'LIMIT', 0, ${movedAtOnce})) do
    local count = delivery(g, position)
    if count >= most then
      bury(g, position, count, lost, now)
    else
      make_ready(g, position, cjson.decode(redis.call('HGET', g.jobs, position)))
      let_go(g, position, count)
    end
  end
  for _, position in ipairs(redis.call(
    'ZRANGEBYSCORE', g.delayed, '-inf', string.format('%.3f', now), 'LIMIT', 0, ${movedAtOnce})) do
    make_ready(g, position, cjson.decode(redis.call('HGET', g.jobs, position)))
    redis.call('ZREM', g.delayed, position)
  end
end

local reply, over = { '' }, string.format('%.3f', now + lease)
local more = true
while more and room > 0 do
  more = false
  for index, g in ipairs(queues) do
    local position = room > 0 and redis.call('ZRANGE', g.ready, 0, 0)[1]
    if position then
      more, room = true, room - 1
      local count = delivery(g, position) + 1
      redis.call('HSET', g.tries, position, string.format('%.0f %s', count, token))
      redis.call('ZADD', g.held, over, position)
      redis.call('ZREM', g.ready, position)
      local at = #reply
      reply[at + 1], reply[at + 2], reply[at + 3] = index - 1, position, count
      reply[at + 4] = redis.call('HGET', g.jobs, position)
    end
  end
end

reply[1] = wait_ms(next_at())
return reply
`,
});

/** KEYS: of each queue the keys of the group. ARGV: token. Puts back what was handed out to a request. */
const putBack = defineScript<null>('put jobs back', {
  lostReply: 'settle',
  lua: `${queueLua}
local queues = {}
for first = 1, #KEYS, ${keysOfGroup} do queues[#queues + 1] = checked_group_at(first) end
for _, g in ipairs(queues) do
  for _, position in ipairs(redis.call('ZRANGE', g.held, 0, -1)) do
    local count, token = delivery(g, position)
    if token == ARGV[1] then
      let_go(g, position, count - 1)
      make_ready(g, position, cjson.decode(redis.call('HGET', g.jobs, position)))
    end
  end
end
`,
});

export const lostJob = () =>
  new AiworkError('AIWORK_LEASE_LOST', 'the lease of the job ran out: its handler said nothing for too long');
/** Without a stack: it would be that of whoever came to see it. */
const lostText = JSON.stringify({ ...toRunError(lostJob()), stack: undefined });

export interface Hand {
  readonly jobs: readonly Delivery[];
  /** In how many milliseconds there may be more. */
  readonly nextMs: number;
}

/** The part of a queue's jobs that a consumer takes from. */
export interface Consumed {
  readonly queues: readonly string[];
  readonly group: string;
}

/** Takes up to `room` jobs under a token, the queues in their order; nothing when the group has to join one first. */
export async function takeJobs(
  { connection, keys, rules }: QueueCalls,
  { queues, group }: Consumed,
  token: string,
  room: number,
): Promise<Hand | undefined> {
  const keysOfQueues = queues.flatMap((queue) => [keys.groups(queue), ...keys.group(queue, group)]);
  const args = [group, token, room, rules.leaseMs, rules.maxDeliveries, lostText];
  const [next, ...found] = await connection.run(take, keysOfQueues, args);
  if (next === 'unknown') return undefined;
  const nextMs = next === 'none' ? Number.POSITIVE_INFINITY : Number(next);
  return { jobs: deliveriesIn(found, queues, group, token), nextMs };
}

function deliveriesIn(
  found: readonly (string | number)[],
  queues: readonly string[],
  group: string,
  token: string,
): readonly Delivery[] {
  const jobs: Delivery[] = [];
  for (let at = 0; at < found.length; at += 4) {
    const [index, position, deliveries, text] = found.slice(at, at + 4);
    jobs.push({
      queue: queues[Number(index)] ?? '',
      group,
      position: String(position),
      token,
      deliveries: Number(deliveries),
      text: String(text),
    });
  }
  return jobs;
}

/** Puts back what was taken under a token, as if it had never been handed out. */
export async function putJobsBack(
  { connection, keys }: QueueCalls,
  { queues, group }: Consumed,
  token: string,
): Promise<void> {
  await connection.run(
    putBack,
    queues.flatMap((queue) => keys.group(queue, group)),
    [token],
  );
}
