import { defineScript } from './script.ts';

/**
 * The state of a namespace:
 *
 * - `state:KEY` is a string: the version, a space and the JSON. It expires by itself.
 * - `state-keys` is a sorted set of all keys, all of score 0, which Redis orders by their bytes.
 * - `state-expiry` has the keys with a time to live, by when it is over: what is listed need not be looked at one by one.
 *
 * Both sets are swept by writes with a time to live.
 */
const versionOf = `
local function version_of(key)
  return string.match(redis.call('GETRANGE', key, 0, 255), '^(%S+) ')
end
`;

/** How many expired keys a write with a time to live clears away: more than it adds, so they never pile up. */
const sweepAtOnce = 10;

/**
 * KEYS: value, keys, expiry. ARGV: key, version, JSON, time to live in milliseconds or '', condition: '' for none, '-'
 * for no entry, '=' and a version.
 */
export const setState = defineScript<0 | 1>('write state', {
  lostReply: 'unknown',
  lua: `
${versionOf}
local value, keys, expiry = KEYS[1], KEYS[2], KEYS[3]
local key, ttl, condition = ARGV[1], ARGV[4], ARGV[5]
if condition == '' then
  redis.call('STRLEN', value)
else
  local version = version_of(value)
  if condition == '-' then
    if version then return 0 end
  elseif version ~= string.sub(condition, 2) then
    return 0
  end
end
local listed = redis.call('ZSCORE', keys, key)
local expires = redis.call('ZSCORE', expiry, key)
local text = ARGV[2] .. ' ' .. ARGV[3]
if not listed then redis.call('ZADD', keys, 0, key) end
if ttl == '' then
  redis.call('SET', value, text)
  if expires then redis.call('ZREM', expiry, key) end
  return 1
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local over = string.format('%.0f', now + ttl)
redis.call('ZADD', expiry, over, key)
redis.call('SET', value, text, 'PXAT', over)
local gone = redis.call('ZRANGEBYSCORE', expiry, '-inf', string.format('(%.0f', now), 'LIMIT', 0, ${sweepAtOnce})
if #gone > 0 then
  redis.call('ZREM', keys, unpack(gone))
  redis.call('ZREM', expiry, unpack(gone))
end
return 1
`,
});

/** KEYS: value, keys, expiry. ARGV: key, the version it must have or ''. */
export const deleteState = defineScript<0 | 1>('delete state', {
  lostReply: 'unknown',
  lua: `
${versionOf}
local version = version_of(KEYS[1])
if not version or (ARGV[2] ~= '' and ARGV[2] ~= version) then return 0 end
redis.call('ZSCORE', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('UNLINK', KEYS[1])
return 1
`,
});

/**
 * KEYS: keys, expiry. ARGV: where to begin and where to end as ZRANGEBYLEX takes them, and how many to look at.
 *
 * Gives the last key looked at, and those of them that have not expired; nothing when there is none left.
 */
export const listState = defineScript<readonly string[]>('list state', {
  lostReply: 'repeat',
  lua: `
local names = redis.call('ZRANGEBYLEX', KEYS[1], ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])
if #names == 0 then return {} end
local expiry = redis.call('ZMSCORE', KEYS[2], unpack(names))
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local page = { names[#names] }
for index, name in ipairs(names) do
  if not expiry[index] or tonumber(expiry[index]) >= now then page[#page + 1] = name end
end
return page
`,
});
