import type { RunStatus } from '@aiwork/core';

/** In the order of runs, those of one status lie together: each status has this many positions to itself. */
const positionsOfStatus = 2 ** 45;

/** In an order that what is stored goes by: a new one comes last. */
export const statuses: readonly RunStatus[] = [
  'queued',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'cancelled',
];

/** Lua about the order of runs. */
export const orderLua = `
local statuses = { ${statuses.map((status, index) => `${status} = ${index}`).join(', ')} }
local positions = ${positionsOfStatus}
`;

/** Lua that reads the server's clock, in milliseconds. */
export const clockLua = `
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + time[2] / 1000
end
`;

/**
 * Lua that reads a run's state and moves it between the sorted sets `held`, `free`, `asleep` and `finished`; KEYS begin
 * with the order of runs and these four.
 *
 * Redis undoes nothing when a script fails. So `check` meets a key of another type before anything is written, and what
 * adds comes before what removes: a server without memory refuses the first write, if it refuses any.
 */
export const runLua = `${orderLua}${clockLua}
local keys = { held = KEYS[2], free = KEYS[3], asleep = KEYS[4], finished = KEYS[5] }

local function read(state)
  local found = redis.call(
    'HMGET', state, 'position', 'status', 'updatedAt', 'wakeAt', 'owner', 'leaseUntil', 'token')
  if not found[1] then return nil end
  return {
    position = found[1], status = found[2], updatedAt = found[3], wakeAt = found[4] or nil,
    owner = found[5] or nil, leaseUntil = found[6] or nil, token = found[7]
  }
end

local function setter(run, fields)
  return function(name, value)
    run[name] = value
    fields[#fields + 1] = name
    fields[#fields + 1] = value
  end
end

local function place(run)
  if statuses[run.status] > statuses.waiting then return 'finished', run.updatedAt end
  if run.owner then return 'held', run.leaseUntil end
  if run.status ~= 'waiting' then return 'free', run.position end
  if run.wakeAt then return 'asleep', run.wakeAt end
end

local function check(from, to)
  redis.call('ZCARD', KEYS[1])
  if from then redis.call('ZCARD', keys[from]) end
  if to then redis.call('ZCARD', keys[to]) end
end

local function move(id, from, run)
  local to, score = place(run)
  if to then redis.call('ZADD', keys[to], score, id) end
  if from and from ~= to then redis.call('ZREM', keys[from], id) end
end

local function order(id, run)
  redis.call('ZADD', KEYS[1], statuses[run.status] * positions + run.position, id)
end
`;
