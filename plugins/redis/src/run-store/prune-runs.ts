import type { Command, Connection } from '../connection.ts';
import { defineScript } from '../script.ts';
import type { Ending, RunCalls } from './run-calls.ts';
import { readRuns } from './run-rows.ts';

/** Most runs one call deletes, so that no step keeps the server busy for long. */
const prunedAtOnce = 250;

const findFinished: Command = { name: 'ZRANGEBYSCORE', what: 'find finished runs', lostReply: 'repeat' };

/**
 * KEYS: order, finished, then of each run its journal, its state, and the indexes of its unit and tags.
 * ARGV: the time, then of each run its id, its position or '', and how many keys it has.
 *
 * Gives the ids of the runs it deleted: those that still are what they were when they were looked for, or of which
 * nothing is left to read.
 */
const remove = defineScript<readonly string[]>('delete finished runs', {
  lostReply: 'unknown',
  lua: `
redis.call('ZCARD', KEYS[1])
local before, runs, first = tonumber(ARGV[1]), {}, 3
for argument = 2, #ARGV, 3 do
  local id, position, last = ARGV[argument], ARGV[argument + 1], first + ARGV[argument + 2] - 1
  local updatedAt = redis.call('ZSCORE', KEYS[2], id)
  local same = (redis.call('HGET', KEYS[first + 1], 'position') or '') == position
  local empty = redis.call('LLEN', KEYS[first]) == 0
  for index = first + 2, last do redis.call('ZCARD', KEYS[index]) end
  if updatedAt and tonumber(updatedAt) < before and (same or empty) then
    runs[#runs + 1] = { id = id, first = first, last = last }
  end
  first = last + 1
end

local ids = {}
for _, run in ipairs(runs) do
  for index = run.first + 2, run.last do redis.call('ZREM', KEYS[index], run.id) end
  redis.call('ZREM', KEYS[1], run.id)
  redis.call('ZREM', KEYS[2], run.id)
  redis.call('UNLINK', KEYS[run.first], KEYS[run.first + 1])
  ids[#ids + 1] = run.id
end
return ids
`,
});

export async function pruneRuns(
  calls: RunCalls,
  before: number,
  options: Ending,
): Promise<readonly string[]> {
  const { connection, keys } = calls;
  for (;;) {
    const ids = await finishedBefore(connection, keys.finished, before, options);
    if (ids.length === 0) return [];
    const runs = await readRuns(calls, ids, options);
    const keysOfRuns = ids.map((id, index) => {
      const record = runs[index]?.record;
      return [keys.journal(id), keys.state(id), ...(record ? keys.indexes(record) : [])];
    });
    const deleted = await connection.run(
      remove,
      [keys.order, keys.finished, ...keysOfRuns.flat()],
      [
        before,
        ...ids.flatMap((id, index) => [id, runs[index]?.position ?? '', keysOfRuns[index]?.length ?? 0]),
      ],
      options,
    );
    // None is left of those that were found when somebody else was faster: there may be more.
    if (deleted.length > 0) return deleted;
  }
}

function finishedBefore(
  connection: Connection,
  finished: string,
  before: number,
  options: Ending,
): Promise<readonly string[]> {
  return connection.send(findFinished, [finished], ['-inf', `(${before}`, 'LIMIT', 0, prunedAtOnce], options);
}
