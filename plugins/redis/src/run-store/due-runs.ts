import { defineScript } from '../script.ts';
import type { Ending, RunCalls } from './run-calls.ts';
import { clockLua, orderLua, runLua } from './run-lua.ts';

/** Leases freed in one step, so that no step keeps the server busy for long. */
const freedAtOnce = 500;

/**
 * KEYS: order, held, free, asleep, finished. ARGV: now, limit, most leases to free at once.
 *
 * Names the runs whose leases have expired, or, when there are none, the runs that are due.
 *
 * Of many that are awake, only the oldest are wanted: these are met first in the order of creation, unless many older
 * ones are still asleep.
 */
const find = defineScript<readonly ['expired' | 'due', ...string[]]>('find due runs', {
  lostReply: 'repeat',
  lua: `${orderLua}${clockLua}
local expired = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', clock(), 'LIMIT', 0, ARGV[3])
if #expired > 0 then return { 'expired', unpack(expired) } end

local now, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local function pairsOf(range, offset)
  local runs = {}
  for item = 1, #range, 2 do runs[#runs + 1] = { id = range[item], position = range[item + 1] - offset } end
  return runs
end

local band = statuses.waiting * positions
local function oldestAwake(most)
  local awake, looks, last = {}, 0, band
  while looks < most do
    local runs = pairsOf(redis.call(
      'ZRANGEBYSCORE', KEYS[1], string.format('(%.0f', last), string.format('(%.0f', band + positions),
      'WITHSCORES', 'LIMIT', 0, 1000), band)
    for _, run in ipairs(runs) do
      local wakeAt = redis.call('ZSCORE', KEYS[4], run.id)
      if wakeAt and tonumber(wakeAt) <= now then awake[#awake + 1] = run end
      if #awake == limit then return awake end
    end
    if #runs < 1000 then return awake end
    looks, last = looks + 1000, band + runs[1000].position
  end
end

local function allAwake()
  local awake = {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', ARGV[1])) do
    local score = redis.call('ZSCORE', KEYS[1], id)
    if score then awake[#awake + 1] = { id = id, position = score - band } end
  end
  return awake
end

local count = redis.call('ZCOUNT', KEYS[4], '-inf', ARGV[1])
local due = pairsOf(redis.call('ZRANGE', KEYS[3], 0, limit - 1, 'WITHSCORES'), 0)
for _, run in ipairs(count > 1000 and oldestAwake(2 * count) or allAwake()) do due[#due + 1] = run end
table.sort(due, function(a, b) return a.position < b.position end)
local reply = { 'due' }
for item = 1, math.min(limit, #due) do reply[item + 1] = due[item].id end
return reply
`,
});

/** KEYS: order, held, free, asleep, finished, states … ARGV: ids … Moves each to where it belongs by now. */
const freeExpired = defineScript<null>('free runs whose leases have expired', {
  lostReply: 'settle',
  lua: `${runLua}
for _, key in pairs(keys) do redis.call('ZCARD', key) end
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
