/** How many keys a group of a queue has. */
export const keysOfGroup = 8;

/**
 * Lua about the jobs of a group.
 *
 * `check` meets a key of another type before anything is written. Members of the sorted sets are positions, which all
 * have the same length, so that those of one score are in the order in which they were enqueued.
 */
export const queueLua = `
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + time[2] / 1000
end

local function group_at(first)
  local g = {
    jobs = KEYS[first], tries = KEYS[first + 1], lines = KEYS[first + 2], ready = KEYS[first + 3],
    delayed = KEYS[first + 4], held = KEYS[first + 5], dead = KEYS[first + 6], letters = KEYS[first + 7]
  }
  return g
end

local function check(g)
  for _, key in ipairs({ g.jobs, g.tries, g.lines, g.letters }) do redis.call('HLEN', key) end
  for _, key in ipairs({ g.ready, g.delayed, g.held, g.dead }) do redis.call('ZCARD', key) end
end

local function checked_group_at(first)
  local g = group_at(first)
  check(g)
  return g
end

local function has_group(groups, group)
  return groups and string.find(',' .. groups .. ',', ',' .. group .. ',', 1, true) ~= nil
end

local function make_ready(g, position, job)
  redis.call('ZADD', g.ready, string.format('%.0f', -job.priority), position)
end

local function offer(g, position, job)
  if job.notBefore and job.notBefore > 0 then
    redis.call('ZADD', g.delayed, string.format('%.17g', job.notBefore), position)
  else
    make_ready(g, position, job)
  end
end

local function add(g, number, text)
  local position = string.format('%016.0f', number)
  local job = cjson.decode(text)
  redis.call('HSET', g.jobs, position, text)
  local last
  if job.key then
    last = redis.call('HGET', g.lines, 'last ' .. job.key)
    redis.call('HSET', g.lines, 'last ' .. job.key, position)
  end
  if last then redis.call('HSET', g.lines, 'after ' .. last, position) else offer(g, position, job) end
end

local function delivery(g, position)
  local try = redis.call('HGET', g.tries, position)
  if not try then return 0, '' end
  local count, token = string.match(try, '^(%d+) (.*)$')
  return tonumber(count), token
end

local function is_held(g, position, token)
  local _, holder = delivery(g, position)
  return holder == token and redis.call('ZSCORE', g.held, position) ~= false
end

local function let_go(g, position, count)
  redis.call('ZREM', g.held, position)
  redis.call('HSET', g.tries, position, string.format('%.0f ', count))
end

local function remove(g, position)
  redis.call('ZREM', g.held, position)
  redis.call('HDEL', g.tries, position)
  local text = redis.call('HGET', g.jobs, position)
  redis.call('HDEL', g.jobs, position)
  local job = text and cjson.decode(text)
  if job and job.key then
    local after = redis.call('HGET', g.lines, 'after ' .. position)
    if after then
      redis.call('HDEL', g.lines, 'after ' .. position)
      offer(g, after, cjson.decode(redis.call('HGET', g.jobs, after)))
    else
      redis.call('HDEL', g.lines, 'last ' .. job.key)
    end
  end
  return text
end

local function bury(g, position, count, error, now)
  local text = remove(g, position)
  local id = redis.call('HINCRBY', g.letters, 'last', 1)
  local facts = string.format('{"deliveries":%.0f,"deadAt":%.0f,"error":%s}', count, math.floor(now), error)
  redis.call('HSET', g.letters, id, facts .. '\\n' .. text)
  redis.call('ZADD', g.dead, id, id)
end
`;
