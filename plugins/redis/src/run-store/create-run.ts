import type { RunRecord } from '@aiwork/core';
import { defineScript } from '../script.ts';
import type { Ending, RunCalls } from './run-calls.ts';
import { runLua } from './run-lua.ts';
import { toRecordText } from './run-rows.ts';

export interface Lease {
  readonly owner: string;
  readonly ttlMs: number;
}

/**
 * KEYS: order, held, free, asleep, finished, journal, state, positions, indexes …
 * ARGV: id, token, record, status, updatedAt, wakeAt or '', owner or '', ttlMs.
 */
const script = defineScript<'created' | 'exists'>('create a run', {
  lostReply: 'settle',
  isDone: (reply) => reply === 'created',
  lua: `${runLua}
local id, token = ARGV[1], ARGV[2]
local created = redis.call('HGET', KEYS[7], 'token')
if redis.call('LLEN', KEYS[6]) > 0 then
  if created == token then return 'created' end
  return 'exists'
end
local run, fields = {}, { 'token', token }
local set = setter(run, fields)
set('status', ARGV[4])
set('updatedAt', ARGV[5])
if ARGV[6] ~= '' then set('wakeAt', ARGV[6]) end
if ARGV[7] ~= '' then
  set('owner', ARGV[7])
  set('leaseUntil', clock() + ARGV[8])
end
check(nil, (place(run)))
for index = 9, #KEYS do redis.call('ZCARD', KEYS[index]) end
set('position', redis.call('INCR', KEYS[8]))
redis.call('RPUSH', KEYS[6], ARGV[3])
redis.call('HSET', KEYS[7], unpack(fields))
order(id, run)
move(id, nil, run)
for index = 9, #KEYS do redis.call('ZADD', KEYS[index], run.position, id) end
return 'created'
`,
});

export function createRun(
  { connection, keys, newToken }: RunCalls,
  record: RunRecord,
  { lease, signal }: Ending & { readonly lease?: Lease },
): Promise<'created' | 'exists'> {
  const { id, status, updatedAt, wakeAt = '' } = record;
  const keysOfRun = [
    ...keys.moving,
    keys.journal(id),
    keys.state(id),
    keys.positions,
    ...keys.indexes(record),
  ];
  const args = [
    ...[id, newToken(), toRecordText(record), status, updatedAt, wakeAt],
    ...(lease ? [lease.owner, lease.ttlMs] : ['']),
  ];
  return connection.run(script, keysOfRun, args, { signal });
}
