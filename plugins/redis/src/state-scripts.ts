import { defineScript } from './script.ts';

/*
 * The state of a namespace:
 *
 * - `state:KEY` is a string: the version, a space and the JSON. It expires by itself.
 * - `state-keys` is a sorted set of all keys, all of score 0, which Redis orders by their bytes. A key that has a value
 *   is in it; one whose value expired stays until somebody finds it there.
 * - `state-expiry` has the keys that were given a time to live, by when it is over. It is a hint, by which what may have
 *   expired is found: a key that was made permanent since may still be in it.
 */

/** For unconditional writes without a time to live: where there is a value, both sets are right as they are. */
export const replaceState = { name: 'SET', what: 'write state', lostReply: 'unknown' } as const;

/** Lua that finds the version of a value. */
const versionOf = `
local function version_of(value)
  return string.match(redis.call('GETRANGE', value, 0, 255), '^(%S+) ')
end
`;

type Effect = 'created' | 'replaced' | 'refused';

/**
 * KEYS: value, keys, expiry. ARGV: key, text, condition: '' for none, '-' for no entry, '=' and a version; and time to
 * live in milliseconds, where there is one.
 */
const setLua = `
${versionOf}
local value, keys, expiry = KEYS[1], KEYS[2], KEYS[3]
local key, text, condition, ttl = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local version = version_of(value)
if condition == '-' then
  if version then return 'refused' end
elseif condition ~= '' then
  if version == string.match(text, '^(%S+) ') then return 'replaced' end
  if version ~= string.sub(condition, 2) then return 'refused' end
end
local listed = redis.call('ZSCORE', keys, key)
local expires = redis.call('ZSCORE', expiry, key)
if not listed then redis.call('ZADD', keys, 0, key) end
if ttl then
  local time = redis.call('TIME')
  local over = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000) + ttl)
  redis.call('ZADD', expiry, over, key)
  redis.call('SET', value, text, 'PXAT', over)
else
  redis.call('SET', value, text)
  if expires then redis.call('ZREM', expiry, key) end
end
return version and 'replaced' or 'created'
`;

export const setState = defineScript<Effect>('write state', { lostReply: 'unknown', lua: setLua });

/** For a condition that is a version: it is met once, so asking again writes at most once. */
export const setVersion = defineScript<Effect>('write state', {
  lostReply: 'settle',
  lua: setLua,
  isDone: (effect) => effect !== 'refused',
});

/** KEYS: value, keys, expiry. ARGV: key, and the version it must have, where there is one. */
const deleteLua = `
${versionOf}
local version = version_of(KEYS[1])
if not version or (ARGV[2] and ARGV[2] ~= version) then return 0 end
redis.call('ZSCORE', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('UNLINK', KEYS[1])
return 1
`;

export const deleteState = defineScript<0 | 1>('delete state', { lostReply: 'unknown', lua: deleteLua });

/** For a delete by version, as `setVersion` is for a write. */
export const deleteVersion = defineScript<0 | 1>('delete state', {
  lostReply: 'settle',
  lua: deleteLua,
  isDone: (deleted) => deleted === 1,
});

/** Lua that reads the clock in whole milliseconds. */
const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/**
 * KEYS: keys, expiry. ARGV: where to begin and where to end as ZRANGEBYLEX takes them, and how many to give.
 *
 * Gives keys in their order, and those of them that may have expired.
 */
export const listState = defineScript<readonly [keys: readonly string[], doubtful: readonly string[]]>(
  'list state',
  {
    lostReply: 'repeat',
    lua: `
local found = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])
if #found == 0 then return { found, {} } end
local expiry = redis.call('ZMSCORE', KEYS[2], unpack(found))
${clock}
local doubtful = {}
for index, key in ipairs(found) do
  if expiry[index] and tonumber(expiry[index]) <= now then doubtful[#doubtful + 1] = key end
end
return { found, doubtful }
`,
  },
);

/** KEYS: expiry. ARGV: how many to give. Gives keys that may have expired. */
export const overdueState = defineScript<readonly string[]>('look for expired state', {
  lostReply: 'repeat',
  lua: `
${clock}
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[1])
`,
});

/** KEYS: keys, expiry, and the value of each key. ARGV: keys. Forgets those that have expired, and gives the others. */
export const settleState = defineScript<readonly string[]>('forget expired state', {
  lostReply: 'repeat',
  lua: `
local alive = {}
for index, key in ipairs(ARGV) do
  local left = redis.call('PTTL', KEYS[2 + index])
  if left == -2 then redis.call('ZREM', KEYS[1], key) else alive[#alive + 1] = key end
  if left < 0 then redis.call('ZREM', KEYS[2], key) end
end
return alive
`,
});
