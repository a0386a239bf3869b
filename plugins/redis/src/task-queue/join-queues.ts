import { defineScript } from '../script.ts';
import type { QueueCalls } from './queue-calls.ts';
import { keysOfGroup, queueLua } from './queue-lua.ts';
import type { Consumed } from './take-jobs.ts';

/** KEYS: groups, the keys of no group, the keys of the group. ARGV: group. The first group is handed all there was. */
const join = defineScript<null>('join a group', {
  lostReply: 'settle',
  lua: `${queueLua}
local groups = redis.call('GET', KEYS[1])
if has_group(groups, ARGV[1]) then return end
checked_group_at(2)
checked_group_at(${2 + keysOfGroup})
redis.call('SET', KEYS[1], groups and groups .. ',' .. ARGV[1] or ARGV[1])
if groups then return end
for key = 2, ${1 + keysOfGroup} do
  if redis.call('EXISTS', KEYS[key]) == 1 then redis.call('RENAME', KEYS[key], KEYS[key + ${keysOfGroup}]) end
end
`,
});

/** From now on the group is handed what is enqueued. Harmless when it is so already. */
export async function joinQueues(
  { connection, keys }: QueueCalls,
  { queues, group }: Consumed,
): Promise<void> {
  await Promise.all(
    queues.map((queue) =>
      connection.run(
        join,
        [keys.groups(queue), ...keys.group(queue, ''), ...keys.group(queue, group)],
        [group],
      ),
    ),
  );
}
