import type { Job } from '@aiwork/core';
import { defineScript } from '../script.ts';
import type { QueueCalls } from './queue-calls.ts';
import { keysOfGroup, queueLua } from './queue-lua.ts';

/**
 * KEYS: request, then of each queue its groups, positions and the keys of each group.
 * ARGV: how long the request may be repeated, then of each queue its groups and its jobs, one to a line.
 *
 * A queue whose groups are not those that were named takes nothing, nor does any other: gives the groups of each.
 */
const script = defineScript<null | readonly string[]>('enqueue jobs', {
  lostReply: 'settle',
  lua: `${queueLua}
if redis.call('EXISTS', KEYS[1]) == 1 then return nil end
local queues, groups, changed, first = {}, {}, false, 2
for argument = 2, #ARGV, 2 do
  local queue = { positions = KEYS[first + 1], jobs = ARGV[argument + 1], groups = {} }
  local found = redis.call('GET', KEYS[first]) or ''
  redis.call('GET', queue.positions)
  groups[#groups + 1] = found
  if found ~= ARGV[argument] then changed = true end
  first = first + 2
  for _ in string.gmatch(ARGV[argument] .. ',', ',') do
    queue.groups[#queue.groups + 1] = checked_group_at(first)
    first = first + ${keysOfGroup}
  end
  queues[#queues + 1] = queue
end
if changed then return groups end

redis.call('SET', KEYS[1], '', 'PX', ARGV[1])
for _, queue in ipairs(queues) do
  for text in string.gmatch(queue.jobs, '[^\\n]+') do
    local number = redis.call('INCR', queue.positions)
    for _, g in ipairs(queue.groups) do add(g, number, text) end
  end
end
return nil
`,
});

/** Enqueues jobs, to whatever groups there are. Remembers these: they seldom change, and the server says when they did. */
export function jobEnqueuing({ connection, keys, repeatableMs, newToken }: QueueCalls) {
  const groupsOf = new Map<string, string>();

  return async (jobs: readonly Job[], signal: AbortSignal | undefined): Promise<void> => {
    const byQueue = [...Map.groupBy(jobs, ({ queue }) => queue)];
    const texts = byQueue.map(([, those]) => those.map((job) => JSON.stringify(job)).join('\n'));
    const request = keys.request(newToken());
    for (;;) {
      const groups = byQueue.map(([queue]) => groupsOf.get(queue) ?? '');
      const keysOfQueues = byQueue.flatMap(([queue], index) => [
        keys.groups(queue),
        keys.positions(queue),
        ...(groups[index] ?? '').split(',').flatMap((group) => keys.group(queue, group)),
      ]);
      const args = texts.flatMap((text, index) => [groups[index] ?? '', text]);
      const found = await connection.run(script, [request, ...keysOfQueues], [repeatableMs, ...args], {
        signal,
      });
      if (found === null) return;
      for (const [index, [queue]] of byQueue.entries()) groupsOf.set(queue, found[index] ?? '');
    }
  };
}
