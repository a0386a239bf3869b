import type { DeadLetter, DeadLetterQuery, Page } from '@aiwork/core';
import { checkWellFormed, invalidArgument, pageLimit } from '@aiwork/core/adapter-kit';
import { corruptData } from '../redis-errors.ts';
import { defineScript } from '../script.ts';
import type { QueueCalls } from './queue-calls.ts';
import { queueLua } from './queue-lua.ts';

/** KEYS: of the group. ARGV: the number of the last letter before, how many to give. Gives ids and texts. */
const list = defineScript<readonly string[]>('list dead letters', {
  lostReply: 'repeat',
  lua: `${queueLua}
local g, reply = checked_group_at(1), {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', g.dead, '(' .. ARGV[1], '+inf', 'LIMIT', 0, ARGV[2])) do
  reply[#reply + 1] = id
  reply[#reply + 1] = redis.call('HGET', g.letters, id)
end
return reply
`,
});

/** KEYS: positions, and those of the group. ARGV: ids. Gives how many of them there were. */
const redrive = defineScript<number>('put dead letters back', {
  lostReply: 'unknown',
  lua: `${queueLua}
local g, count = checked_group_at(2), 0
redis.call('GET', KEYS[1])
for _, id in ipairs(ARGV) do
  if redis.call('ZSCORE', g.dead, id) then
    local text = string.match(redis.call('HGET', g.letters, id), '\\n(.*)$')
    add(g, redis.call('INCR', KEYS[1]), text)
    redis.call('ZREM', g.dead, id)
    redis.call('HDEL', g.letters, id)
    count = count + 1
  end
end
return count
`,
});

export async function listLetters(
  { connection, keys }: QueueCalls,
  queue: string,
  group: string,
  query: DeadLetterQuery,
): Promise<Page<DeadLetter>> {
  const limit = pageLimit(query);
  const after = letterNumber(query.cursor);
  const { signal } = query;
  const found = await connection.run(list, keys.group(queue, group), [after, limit + 1], { signal });
  const items: DeadLetter[] = [];
  for (let at = 0; at < found.length; at += 2) {
    items.push(letterOf(connection.where, found[at] ?? '', found[at + 1] ?? ''));
  }
  const page = items.slice(0, limit);
  const last = page.at(-1);
  return { items: page, ...(last && items.length > limit && { cursor: last.id }) };
}

export async function redriveLetters(
  { connection, keys }: QueueCalls,
  queue: string,
  group: string,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<number> {
  for (const id of ids) checkWellFormed(id, 'the id of a dead letter');
  if (ids.length === 0) return 0;
  const keysOfQueue = [keys.positions(queue), ...keys.group(queue, group)];
  return connection.run(redrive, keysOfQueue, ids, { signal });
}

function letterOf(where: string, id: string, text: string): DeadLetter {
  const end = text.indexOf('\n');
  try {
    return { id, job: JSON.parse(text.slice(end + 1)), ...JSON.parse(text.slice(0, end)) };
  } catch {
    // The error of JSON.parse quotes what it read.
    throw corruptData(where, `dead letter ${id} cannot be read: delete it`);
  }
}

function letterNumber(cursor = '0'): string {
  if (/^\d{1,15}$/.test(cursor)) return cursor;
  throw invalidArgument(`the cursor ${JSON.stringify(cursor)} is not one that deadLetters() returned`);
}
