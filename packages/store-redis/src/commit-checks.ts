/** The first half of the general commit: all that it reads. It ends with a clash, or has written nothing yet. */
export const commitChecks = `
local now, next = clock(), 0
local function arg()
  next = next + 1
  return ARGV[next]
end
local tag, at, tail = arg(), tonumber(arg()), arg()

local heads, clashes = {}, {}
local function head(key)
  local m = heads[key]
  if m == nil then
    m = call('HGET', p .. 'r:' .. key, 'm')
    heads[key] = m
  end
  return m
end

local function hasTag(m, expected)
  return sub(m, 66, 66 + #expected) == expected .. '\\0'
end

local function isMet(expect, expected, m)
  if expect == 'any' then return true end
  if expect == 'absent' then return not m end
  if not m then return false end
  local flags, _, _, _, _, lapses = struct.unpack(layout, m)
  local deleted, lapsed = flags % 2 == 1, lapses > 0 and lapses <= now
  if expect == 'present' then return not deleted and not lapsed end
  if not hasTag(m, expected) then return false end
  if expect == 'tag' then return not deleted and not lapsed end
  if expect == 'gone' then return deleted end
  return lapsed
end

local function clash(kind, key)
  local m = head(key)
  clashes[#clashes + 1] = {kind, key, m and shown(m)}
end

-- Readings, of a key or of a range.
for i = 1, tonumber(arg()) do
  local expect, key = arg(), arg()
  if expect == 'range' or expect == 'reversed' then
    local command = expect == 'range' and 'ZRANGEBYLEX' or 'ZREVRANGEBYLEX'
    local from, to, limit, count = arg(), arg(), arg(), tonumber(arg())
    local found = call(command, p .. 'c:' .. key, from, to, 'LIMIT', 0, limit)
    local holds = #found == count
    for n = 1, count do
      local seen, expected = arg(), arg()
      local m = holds and found[n] == seen and head(seen)
      holds = m and hasTag(m, expected)
    end
    if not holds then clashes[#clashes + 1] = {'range', i - 1} end
  elseif not isMet(expect, arg(), head(key)) then
    clash('key', key)
  end
end

-- Nothing can be extended, or redacted, where there is nothing: whatever was expected, that is a clash.
local function isPossible(write, m)
  if write.act == 'extend' then return m and struct.unpack('>B', m) % 2 == 0 end
  if write.act ~= 'redact' then return true end
  if not m then return false end
  local _, version, _, _, _, _, oldest = struct.unpack(layout, m)
  -- What was dropped when no past was to be kept any more may still lie there, for clean to remove.
  if tonumber(write.version) < oldest then return false end
  if digits(version) ~= write.version then m = call('HGET', p .. 'r:' .. write.key, write.version .. 'm') end
  return m and struct.unpack('>B', m) % 2 == 0
end

local writes, released, releasedCount = {}, {}, 0
for i = 1, tonumber(arg()) do
  local write = {act = arg(), key = arg(), expect = arg(), tag = arg()}
  if write.act == 'put' then
    write.text, write.ttl = arg(), tonumber(arg())
    write.count, write.age, write.index = tonumber(arg()), tonumber(arg()), arg()
  elseif write.act == 'extend' then write.ttl = tonumber(arg())
  elseif write.act == 'redact' then write.text, write.version = arg(), arg() end
  if write.act ~= 'extend' and write.act ~= 'redact' then
    released[write.key] = true
    releasedCount = releasedCount + 1
  end
  writes[i] = write
  local m = head(write.key)
  if not isMet(write.expect, write.tag, m) then clash('key', write.key)
  elseif not isPossible(write, m) then clash('version', write.key) end
end

local eventsFrom = next + 2
next = next + 1 + tonumber(ARGV[next + 1])
local eventsTo = next

-- Unique values. One has one holder, so that among one more than are released there is the one that is not, or none.
local taken = {}
for i = 1, tonumber(arg()) do
  local key, name, value = arg(), arg(), arg()
  local place = name .. '\\0' .. value
  local holder = taken[place]
  if not holder then
    local from, to = '[' .. value .. '\\0', '(' .. value .. '\\1'
    local members = call('ZRANGEBYLEX', p .. 'i:' .. name, from, to, 'LIMIT', 0, releasedCount + 1)
    for n = 1, #members do
      local other = sub(members[n], #value + 2)
      if not released[other] then holder = other break end
    end
    taken[place] = key
  end
  if holder and holder ~= key then clashes[#clashes + 1] = {'unique', name, value, key, holder} end
end

if #clashes > 0 then return {0, now, clashes} end
-- A commit of readings alone leaves nothing behind.
if #writes == 0 and eventsTo < eventsFrom then return {1, 0, {}} end
`;
