import { defineScript } from '../script.ts';
import type { Ending, RunCalls } from './run-calls.ts';
import { runLua } from './run-lua.ts';

/** KEYS: order, held, free, asleep, finished, state. ARGV: id, owner, ttlMs. */
const take = defineScript<0 | 1>('take the lease of a run', {
  lostReply: 'settle',
  isDone: (reply) => reply === 1,
  lua: `${runLua}
local id, owner = ARGV[1], ARGV[2]
local run = read(KEYS[6])
if not run then return 0 end
local now = clock()
if run.owner and run.owner ~= owner and tonumber(run.leaseUntil) > now then return 0 end
local from = place(run)
run.owner, run.leaseUntil = owner, now + ARGV[3]
check(from, (place(run)))
redis.call('HSET', KEYS[6], 'owner', owner, 'leaseUntil', run.leaseUntil)
move(id, from, run)
return 1
`,
});

/**
 * KEYS: order, held, free, asleep, finished, state. ARGV: id, owner.
 *
 * Not asked for again when the reply is lost: by then, the owner may have taken the lease anew.
 */
const giveBack = defineScript<null>('give back the lease of a run', {
  lostReply: 'unknown',
  lua: `${runLua}
local id, owner = ARGV[1], ARGV[2]
local run = read(KEYS[6])
if not run or run.owner ~= owner then return end
local from = place(run)
run.owner = nil
check(from, (place(run)))
redis.call('HDEL', KEYS[6], 'owner', 'leaseUntil')
move(id, from, run)
`,
});

export async function takeLease(
  { connection, keys }: RunCalls,
  runId: string,
  { owner, ttlMs, signal }: Ending & { readonly owner: string; readonly ttlMs: number },
): Promise<boolean> {
  const keysOfRun = [...keys.moving, keys.state(runId)];
  return (await connection.run(take, keysOfRun, [runId, owner, ttlMs], { signal })) === 1;
}

export async function giveBackLease(
  { connection, keys }: RunCalls,
  runId: string,
  { owner, signal }: Ending & { readonly owner: string },
): Promise<void> {
  const keysOfRun = [...keys.moving, keys.state(runId)];
  await connection.run(giveBack, keysOfRun, [runId, owner], { signal });
}
