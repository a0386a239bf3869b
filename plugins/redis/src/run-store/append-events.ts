import type { Append, AppendResult } from '@aiwork/core';
import { defineScript } from '../script.ts';
import type { RunCalls } from './run-calls.ts';
import { runLua } from './run-lua.ts';

/**
 * KEYS: order, held, free, asleep, finished, journal, state.
 * ARGV: id, token, expectedSeq, owner or '', status or '', wakeAt or 'null' or '', time of the last event or '', events …
 */
const script = defineScript<'applied' | 'absent' | 'lease' | 'conflict'>('append to a run', {
  lostReply: 'settle',
  isDone: (reply) => reply === 'applied',
  lua: `${runLua}
local id, token, owner, status, wakeAt, at = ARGV[1], ARGV[2], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local run = read(KEYS[7])
if not run then return 'absent' end
if run.token == token then return 'applied' end
if owner ~= '' and (run.owner ~= owner or tonumber(run.leaseUntil) <= clock()) then return 'lease' end
if redis.call('LLEN', KEYS[6]) - 1 ~= tonumber(ARGV[3]) then return 'conflict' end

local from = place(run)
local fields = { 'token', token }
local set = setter(run, fields)
local ordered = status ~= '' and status ~= run.status
local woken = wakeAt == 'null' and run.wakeAt
local moved = ordered or woken or at ~= '' and from == 'finished'
if ordered then set('status', status) end
if at ~= '' then set('updatedAt', at) end
if woken then
  run.wakeAt = nil
elseif wakeAt ~= '' and wakeAt ~= 'null' and wakeAt ~= run.wakeAt then
  set('wakeAt', wakeAt)
  moved = true
end
if moved then check(from, (place(run))) end

for first = 8, #ARGV, 1000 do
  redis.call('RPUSH', KEYS[6], unpack(ARGV, first, math.min(first + 999, #ARGV)))
end
redis.call('HSET', KEYS[7], unpack(fields))
if woken then redis.call('HDEL', KEYS[7], 'wakeAt') end
if ordered then order(id, run) end
if moved then move(id, from, run) end
return 'applied'
`,
});

/** Appends `texts`, the JSON of the events. */
export async function appendEvents(
  { connection, keys, newToken }: RunCalls,
  runId: string,
  { expectedSeq, events, owner, status, wakeAt, signal }: Append,
  texts: readonly string[],
): Promise<AppendResult> {
  const keysOfRun = [...keys.moving, keys.journal(runId), keys.state(runId)];
  const args = [
    ...[runId, newToken(), expectedSeq, owner ?? '', status ?? ''],
    wakeAt === undefined ? '' : String(wakeAt),
    events.at(-1)?.at ?? '',
    ...texts,
  ];
  const reply = await connection.run(script, keysOfRun, args, { signal });
  return reply === 'applied'
    ? { applied: true, seq: expectedSeq + events.length }
    : { applied: false, reason: reply };
}
