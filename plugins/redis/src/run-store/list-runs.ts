import type { Page, RunQuery, RunRecord } from '@aiwork/core';
import { cursorPosition, pageLimit } from '@aiwork/core/adapter-kit';
import { defineScript } from '../script.ts';
import type { RunCalls } from './run-calls.ts';
import { orderLua } from './run-lua.ts';
import { readRuns } from './run-rows.ts';

/** Runs looked at in one step, so that no step keeps the server busy for long. */
const looksAtOnce = 1000;

/**
 * KEYS: order, the indexes of unit and tag that are asked for …
 * ARGV: position to stay below, most runs to find, most runs to look at, status or ''.
 *
 * Walks the shortest index, the newest run first, and asks the others. Gives the position to go on below (0 when nothing
 * is left), then id and position of each run found.
 */
const script = defineScript<readonly [next: number, ...found: (string | number)[]]>('list runs', {
  lostReply: 'repeat',
  lua: `${orderLua}
local below, most, looks = math.min(tonumber(ARGV[1]), positions), tonumber(ARGV[2]), tonumber(ARGV[3])
local band = statuses[ARGV[4]]

local function newest(index, count)
  return redis.call(
    'ZREVRANGEBYSCORE', index.key, string.format('(%.0f', index.base + below), index.base,
    'WITHSCORES', 'LIMIT', 0, count)
end

local found = { 0 }
local function add(id, position)
  found[#found + 1] = id
  found[#found + 1] = position
end

local function walkAll()
  local runs = {}
  for _, status in pairs(statuses) do
    local base = status * positions
    local range = newest({ key = KEYS[1], base = base }, most)
    for item = 1, #range, 2 do runs[#runs + 1] = { id = range[item], position = range[item + 1] - base } end
  end
  table.sort(runs, function(a, b) return a.position > b.position end)
  for item = 1, math.min(most, #runs) do add(runs[item].id, runs[item].position) end
  if #runs > most then found[1] = runs[most].position end
end

local function walkShortest(indexes)
  table.sort(indexes, function(a, b) return a.size < b.size end)
  local shortest = table.remove(indexes, 1)
  local function fits(id)
    for _, index in ipairs(indexes) do
      local score = redis.call('ZSCORE', index.key, id)
      if not score or index.band and math.floor(score / positions) ~= index.band then return false end
    end
    return true
  end
  local range = newest(shortest, looks)
  for item = 1, #range, 2 do
    local position = range[item + 1] - shortest.base
    if fits(range[item]) then add(range[item], position) end
    if #found > 2 * most or item + 1 == 2 * looks then
      found[1] = position
      return
    end
  end
end

local indexes = {}
if band then
  local base = band * positions
  local size = redis.call('ZCOUNT', KEYS[1], base, string.format('(%.0f', base + positions))
  indexes[1] = { key = KEYS[1], base = base, band = band, size = size }
end
for key = 2, #KEYS do
  indexes[#indexes + 1] = { key = KEYS[key], base = 0, size = redis.call('ZCARD', KEYS[key]) }
end
if #indexes == 0 then walkAll() else walkShortest(indexes) end
return found
`,
});

/** One page of runs, newest first. */
export async function listRuns(calls: RunCalls, query: RunQuery): Promise<Page<RunRecord>> {
  const limit = pageLimit(query);
  const { signal } = query;
  const found = await findRuns(calls, query, limit + 1);
  // One more than asked for tells whether there is a next page.
  const runs = await readRuns(
    calls,
    found.slice(0, limit).map(({ id }) => id),
    { signal },
  );
  // Between the two, a run may have moved or gone.
  const items = runs.flatMap((run) => (run && fits(run.record, query) ? [run.record] : []));
  const last = found[limit - 1];
  return found.length > limit && last ? { items, cursor: String(last.position) } : { items };
}

async function findRuns(
  { connection, keys }: RunCalls,
  query: RunQuery,
  most: number,
): Promise<readonly { readonly id: string; readonly position: number }[]> {
  const { unitId, tag, status = '', signal } = query;
  const indexes = [
    keys.order,
    ...(unitId === undefined ? [] : [keys.unit(unitId)]),
    ...(tag === undefined ? [] : [keys.tag(tag)]),
  ];
  const found: { readonly id: string; readonly position: number }[] = [];
  let below = cursorPosition(query);
  while (below > 0 && found.length < most) {
    const args = [below, most - found.length, looksAtOnce, status];
    const [next, ...pairs] = await connection.run(script, indexes, args, { signal });
    for (let at = 0; at < pairs.length; at += 2) {
      found.push({ id: String(pairs[at]), position: Number(pairs[at + 1]) });
    }
    below = next;
  }
  return found;
}

function fits(record: RunRecord, { unitId, tag, status }: RunQuery): boolean {
  return (
    (unitId === undefined || record.unitId === unitId) &&
    (tag === undefined || record.tags.includes(tag)) &&
    (status === undefined || record.status === status)
  );
}
