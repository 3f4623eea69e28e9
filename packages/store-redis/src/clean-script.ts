import { type Script, script } from "./script.js";
import { stateParts } from "./state-script.js";

/**
 * One step of cleaning. `ARGV`: how many rows at most, and for how many ms events are kept. Answers how many rows were
 * removed, and whether there is more to do. What frees memory comes before what takes some, so that it runs on a server
 * that is full.
 */
export const cleanScript: Script = script(
  stateParts,
  `
local budget, eventAge = tonumber(ARGV[1]), tonumber(ARGV[2])
local now = clock()
local removed, steps = 0, 0

-- How many of the first events are old, up to so many, and those events.
local function oldEvents(count)
  local entries = call('XRANGE', p .. 'e', '-', '+', 'COUNT', count)
  local old = 0
  for i = 1, #entries do
    local at = tonumber(string.match(entries[i][2][2], '^[^%z]*%z(%d+)'))
    if at + eventAge >= now then break end
    old = i
  end
  return old, entries
end

local function dropEvents(count)
  if oldEvents(1) == 0 then return end
  local old, entries = oldEvents(count)
  local id, fields = entries[old][1], entries[old][2]
  for i = 1, old do call('XDEL', p .. 'e', entries[i][1]) end
  call('SET', p .. 'f', id .. ' ' .. string.match(fields[2], '^[^%z]*'))
  removed = removed + old
end

local function dropGarbage(r, range)
  local from, to = string.match(range, '^(%d+) (%d+)$')
  from, to = tonumber(from), tonumber(to)
  while from <= to and removed < budget and steps < budget * 4 do
    local version = digits(from)
    if call('HDEL', r, version, version .. 'm') > 0 then removed = removed + 1 end
    from, steps = from + 1, steps + 1
  end
  if from > to then call('HDEL', r, 'g')
  else call('HSET', r, 'g', digits(from) .. ' ' .. digits(to)) end
  return from > to
end

-- Gives the moment at which to look at the record again, if ever.
local function dropPast(r, m)
  local _, version, _, _, head, _, oldest, count, age = struct.unpack(layout, m)
  local first, due = oldest, false
  while count >= 0 and version - oldest > count do
    if age >= 0 then
      -- A state was current until the next one was written.
      local ended = head
      if oldest + 1 < version then
        _, _, _, _, ended = struct.unpack(layout, call('HGET', r, digits(oldest + 1) .. 'm'))
      end
      if ended + age > now then
        due = ended + age
        break
      end
    end
    if removed >= budget then
      due = 0
      break
    end
    local name = digits(oldest)
    call('HDEL', r, name, name .. 'm')
    oldest, removed = oldest + 1, removed + 1
  end
  if oldest > first then call('HSET', r, 'm', sub(m, 1, 41) .. struct.pack('>d', oldest) .. sub(m, 50)) end
  return due
end

local function dueKey() return call('ZRANGEBYSCORE', p .. 'z', '-inf', digits(now), 'LIMIT', 0, 1)[1] end

dropEvents(math.min(budget, 100))
local key = dueKey()
while key and removed < budget and steps < budget * 4 do
  local r = p .. 'r:' .. key
  local m, garbage = call('HGET', r, 'm'), call('HGET', r, 'g')
  steps = steps + 1
  local due = false
  if m and garbage and not dropGarbage(r, garbage) then due = 0
  elseif m then due = dropPast(r, m) end
  call('ZREM', p .. 'z', key)
  if due then call('ZADD', p .. 'z', digits(due), key) end
  key = dueKey()
end
local old = oldEvents(1)
return {removed, (key or old > 0) and 1 or 0}
`,
);
