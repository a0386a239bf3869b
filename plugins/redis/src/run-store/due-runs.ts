import { defineScript } from '../script.ts';
import type { Ending, RunCalls } from './run-calls.ts';
import { clockLua, orderLua, runLua } from './run-lua.ts';

/** Leases freed in one step, so that no step keeps the server busy for long. */
const freedAtOnce = 500;

/**
 * KEYS: order, held, free, asleep, finished. ARGV: now, limit, most leases to free at once.
 *
 * Names the runs whose leases have expired, or, when there are none, the runs that are due.
 */
const find = defineScript<readonly ['expired' | 'due', ...string[]]>('find due runs', {
  lostReply: 'repeat',
  lua: `${orderLua}${clockLua}
local expired = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', clock(), 'LIMIT', 0, ARGV[3])
if #expired > 0 then return { 'expired', unpack(expired) } end

local limit = tonumber(ARGV[2])
local free = redis.call('ZRANGE', KEYS[3], 0, limit - 1, 'WITHSCORES')
local asleep = redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', ARGV[1])
local due = {}
for item = 1, #free, 2 do
  due[#due + 1] = { id = free[item], position = tonumber(free[item + 1]) }
end
for _, id in ipairs(asleep) do
  local score = redis.call('ZSCORE', KEYS[1], id)
  if score then due[#due + 1] = { id = id, position = score % positions } end
end
if #asleep > 0 then table.sort(due, function(a, b) return a.position < b.position end) end
local reply = { 'due' }
for item = 1, math.min(limit, #due) do reply[item + 1] = due[item].id end
return reply
`,
});

/** KEYS: order, held, free, asleep, finished, states … ARGV: ids … Moves each to where it belongs by now. */
const freeExpired = defineScript<null>('free runs whose leases have expired', {
  lostReply: 'settle',
  lua: `${runLua}
local now = clock()
for item, id in ipairs(ARGV) do
  local state = KEYS[5 + item]
  local run = read(state)
  if not run then
    redis.call('ZREM', keys.held, id)
  else
    if run.owner and tonumber(run.leaseUntil) <= now then
      redis.call('HDEL', state, 'owner', 'leaseUntil')
      run.owner = nil
    end
    move(id, 'held', run)
  end
end
`,
});

export async function dueRuns(
  { connection, keys }: RunCalls,
  now: number,
  limit: number,
  { signal }: Ending,
): Promise<readonly string[]> {
  for (;;) {
    const [what, ...ids] = await connection.run(find, keys.moving, [now, limit, freedAtOnce], { signal });
    if (what === 'due') return ids;
    await connection.run(freeExpired, [...keys.moving, ...ids.map(keys.state)], ids, { signal });
  }
}
