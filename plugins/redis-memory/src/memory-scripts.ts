import { defineScript } from '@aiwork/redis/adapter-kit';

/*
 * Every script has the same four keys:
 *
 * docs      hash: id → the document
 * versions  hash: id → the change that it is of
 * changes   stream: what happened to which id, one entry for each. `p` is the entry before it: who has followed up to
 *           there has missed nothing, however much was trimmed, and nothing that a server has lost.
 * about     hash: what cannot change about the memory, `head` (the last change), and `documents` (how many there are)
 */
const keys = 'local docs, versions, changes, about = KEYS[1], KEYS[2], KEYS[3], KEYS[4]';

/** How many changes are kept: who has missed more compares all versions. */
const keptChanges = 65_536;

/** Reads all that could have a wrong type, so that nothing is written where something is wrong. */
const begin = `
  ${keys}
  local known = redis.call('HMGET', about, 'format', 'dimensions', 'model', 'head')
  redis.call('HLEN', docs)
  redis.call('HLEN', versions)
  redis.call('XLEN', changes)
  local before = known[4] or ''
  local head = before`;

/** Says in the stream what is done to an id. */
const tell = `
  local function tell(kind, id)
    head = redis.call('XADD', changes, 'MAXLEN', '~', ${keptChanges}, '*', 'k', kind, 'i', id, 'p', head)
    return head
  end`;

/** Counts in `about`, from what there is where nothing was counted. */
const count = `
  local function count(more)
    if redis.call('HEXISTS', about, 'documents') == 1 then
      redis.call('HINCRBY', about, 'documents', more)
    else
      redis.call('HSET', about, 'documents', redis.call('HLEN', docs))
    end
  end`;

/** Where the memory stood before a write, and where it stands after it. */
type Written = readonly [before: string, head: string];

/**
 * Keeps documents. Arguments: format, dimensions (0 without), model (empty without), and of each document its id and bytes.
 * Gives `version`, the change that all of them are of; or what the memory was made with where that is something else.
 */
export const keepDocs = defineScript<
  | readonly [is: 'kept', ...Written, version: string]
  | readonly [is: 'refused', format: string, dimensions: string, model: string]
>('write documents', {
  lostReply: 'unknown',
  lua: `${begin}
  ${tell}
  ${count}
  if known[1] then
    local model = known[3] == ARGV[3] or known[3] == '' or ARGV[3] == ''
    if known[1] ~= ARGV[1] or known[2] ~= ARGV[2] or not model then
      return {'refused', known[1], known[2], known[3]}
    end
  end
  local version
  local added = 0
  for i = 4, #ARGV, 2 do
    local change = tell('u', ARGV[i])
    version = version or change
    added = added + redis.call('HSET', docs, ARGV[i], ARGV[i + 1])
    redis.call('HSET', versions, ARGV[i], version)
  end
  if not known[1] then
    redis.call('HSET', about, 'format', ARGV[1], 'dimensions', ARGV[2], 'model', ARGV[3])
  end
  redis.call('HSET', about, 'head', head)
  count(added)
  return {'kept', before, head, version}`,
});

/**
 * Deletes documents. Arguments: 'd', or 'f' to have every process leave nothing of them, and of each its id and the version
 * that it has to have, or nothing. Gives how many there were.
 *
 * A server that is out of memory takes no more changes, and still has to delete: then there are no changes to follow, and
 * everybody compares all versions.
 */
export const dropDocs = defineScript<readonly [...Written, count: number]>('delete documents', {
  lostReply: 'unknown',
  lua: `${begin}
  ${count}
  local gone = 0
  local full = false
  for i = 2, #ARGV, 2 do
    local id = ARGV[i]
    local version = redis.call('HGET', versions, id)
    if version and (ARGV[i + 1] == '' or ARGV[i + 1] == version) then
      if not full then
        local entry = redis.pcall('XADD', changes, 'MAXLEN', '~', ${keptChanges}, '*', 'k', ARGV[1], 'i', id, 'p', head)
        if type(entry) == 'table' then
          if not string.find(entry.err, 'OOM', 1, true) then return entry end
          full = true
        else
          head = entry
        end
      end
      redis.call('HDEL', docs, id)
      redis.call('HDEL', versions, id)
      gone = gone + 1
    end
  end
  if full then
    redis.call('DEL', changes)
    redis.call('HDEL', about, 'head', 'documents')
    head = ''
  elseif gone > 0 then
    redis.call('HSET', about, 'head', head)
    count(-gone)
  end
  return {before, head, gone}`,
});

/** How many documents there are by each of the keys, which only say the same while nobody else has touched them. */
const sizes = `redis.call('HGET', about, 'documents') or '', redis.call('HLEN', docs), redis.call('HLEN', versions)`;

/** Sizes of what is stored. */
export type Sizes = readonly [documents: Buffer, docs: number, versions: number];

/**
 * What happened after a change. Arguments: that change, how many bytes of documents to give at most (of one, more), and of
 * how many entries. Gives where the memory stands, sizes, whether there is more, the last change that was looked at, and of each
 * id what it is now, which is later than the change when there are more.
 */
export const changesSince = defineScript<
  readonly [head: Buffer, ...Sizes, is: Buffer, last: Buffer, forgotten: number, ...ids: readonly Buffer[]]
>('say what has changed', {
  lostReply: 'repeat',
  lua: `${keys}
  local from = ARGV[1]
  local head = redis.call('HGET', about, 'head') or ''
  if head == from then return {head, ${sizes}, 'same', head, 0} end
  local after = from == '' and '-' or '(' .. from
  local entries = redis.call('XRANGE', changes, after, '+', 'COUNT', ARGV[3])
  if #entries == 0 or entries[1][2][6] ~= from then return {head, ${sizes}, 'gap', '', 0} end
  local reply = {head, ${sizes}, 'all', head, 0}
  local seen = {}
  local bytes = 0
  for _, entry in ipairs(entries) do
    local id = entry[2][4]
    if not seen[id] then
      seen[id] = true
      local version = redis.call('HGET', versions, id)
      local doc = version and redis.call('HGET', docs, id)
      bytes = bytes + (doc and #doc or 0)
      reply[#reply + 1] = id
      reply[#reply + 1] = version or ''
      reply[#reply + 1] = doc or ''
    end
    if entry[2][2] == 'f' then reply[7] = 1 end
    reply[6] = entry[1]
    if bytes > tonumber(ARGV[2]) then break end
  end
  if reply[6] ~= head then reply[5] = 'more' end
  return reply`,
});

/** Where the memory stands, and what it was made with. */
export const lookAt = defineScript<
  readonly [head: Buffer, ...Sizes, format: Buffer, dimensions: Buffer, model: Buffer]
>('say what it has', {
  lostReply: 'repeat',
  lua: `${keys}
  local known = redis.call('HMGET', about, 'head', 'format', 'dimensions', 'model')
  redis.call('XLEN', changes)
  return {known[1] or '', ${sizes}, known[2] or '', known[3] or '', known[4] or ''}`,
});

/** Versions and documents of ids, as many of them as fit; both empty of one that is not there. Arguments: bytes, ids. */
export const readDocs = defineScript<readonly Buffer[]>('read documents', {
  lostReply: 'repeat',
  lua: `local docs, versions = KEYS[1], KEYS[2]
  local reply = {}
  local bytes = 0
  for i = 2, #ARGV do
    local version = redis.call('HGET', versions, ARGV[i])
    local doc = version and redis.call('HGET', docs, ARGV[i])
    reply[#reply + 1] = version or ''
    reply[#reply + 1] = doc or ''
    bytes = bytes + (doc and #doc or 0)
    if bytes > tonumber(ARGV[1]) then break end
  end
  return reply`,
});

/** Lets go of changes that are older, by the clock of the server. Argument: milliseconds. */
export const trimChanges = defineScript<number>('let go of old changes', {
  lostReply: 'repeat',
  lua: `local time = redis.call('TIME')
  local oldest = time[1] * 1000 + math.floor(time[2] / 1000) - ARGV[1]
  return redis.call('XTRIM', KEYS[3], 'MINID', string.format('%.0f', oldest))`,
});
