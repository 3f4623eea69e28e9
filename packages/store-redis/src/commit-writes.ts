/** The second half of the general commit: all that it writes, once nothing clashes. */
export const commitWrites = `
local function parentOf(key) return string.match(key, '^.*/') end

local function place(key, was, is)
  local parent = parentOf(key)
  if not parent or was == is then return end
  if is then call('ZADD', p .. 'c:' .. parent, 0, key) else call('ZREM', p .. 'c:' .. parent, key) end
end

local function moveLapse(key, was, is)
  if was == is then return end
  if was > 0 then call('ZREM', p .. 'l', string.format('%016.0f', was) .. key) end
  if is > 0 then call('ZADD', p .. 'l', 0, string.format('%016.0f', is) .. key) end
end

local function moveIndex(r, key, was, is)
  if was == is then return end
  for name, value in string.gmatch(was, '([^%z]*)%z([^%z]*)%z') do
    call('ZREM', p .. 'i:' .. name, value .. '\\0' .. key)
  end
  for name, value in string.gmatch(is, '([^%z]*)%z([^%z]*)%z') do
    call('ZADD', p .. 'i:' .. name, 0, value .. '\\0' .. key)
  end
  if is == '' then call('HDEL', r, 'i') else call('HSET', r, 'i', is) end
end

-- Makes what was current a past state, as the retention wants it. Gives the oldest version that is kept from now on.
local function keepPast(r, key, m, version, bare)
  local flags, before, _, _, _, _, oldest = struct.unpack(layout, m)
  local wasBare, name = flags % 4 >= 2, digits(before)
  if not bare then
    call('HSET', r, name .. 'm', m)
    if wasBare and flags % 2 == 0 then
      call('HSET', r, name, call('HGET', r, 'x'))
      call('HDEL', r, 'x')
    end
    return oldest
  end
  if not wasBare then
    if oldest == before then call('HDEL', r, name)
    else
      local earlier = call('HGET', r, 'g')
      call('HSET', r, 'g', (earlier and string.match(earlier, '^%d+') or digits(oldest)) .. ' ' .. name)
      call('ZADD', p .. 'z', 0, key)
    end
  end
  return version
end

local function schedule(key, modified, past, count, age, wasCount, wasAge)
  if count < 0 or past == 0 then return end
  if count ~= wasCount or age ~= wasAge then call('ZADD', p .. 'z', 0, key)
  elseif past > count then call('ZADD', p .. 'z', 'NX', age < 0 and 0 or digits(modified + age), key) end
end

-- Puts a state in the place of the current one. Without a text it is a tombstone.
local function replace(key, m, revision, text, lapses, count, age, index)
  local r = p .. 'r:' .. key
  local version, created, modified, oldest = 1, at, at, 1
  local flags, wasLapses, wasIndex, wasCount, wasAge = 1, 0, '', count, age
  local bare = count == 0 and age < 0
  if m then
    local before, last, wasCreated, wasModified
    flags, before, last, wasCreated, wasModified, wasLapses, oldest, wasCount, wasAge = struct.unpack(layout, m)
    version = before + 1
    if flags % 2 == 0 or not text then created = wasCreated end
    if modified <= wasModified then modified = wasModified + 1 end
    if flags >= 4 then wasIndex = call('HGET', r, 'i') end
    oldest = keepPast(r, key, m, version, bare)
  end
  local nextFlags = (text and 0 or 1) + (bare and 2 or 0) + (index ~= '' and 4 or 0)
  local packed = struct.pack(layout, nextFlags, version, revision, created, modified, lapses,
    oldest, count, age) .. tail
  if text then call('HSET', r, 'm', packed, bare and 'x' or digits(version), text)
  else
    call('HSET', r, 'm', packed)
    if bare then call('HDEL', r, 'x') end
  end
  place(key, flags % 2 == 0, text and true)
  moveLapse(key, wasLapses, lapses)
  moveIndex(r, key, wasIndex, index)
  schedule(key, modified, version - oldest, count, age, wasCount, wasAge)
  return shown(packed)
end

local function bury(key, m, revision)
  local _, _, _, _, _, _, _, count, age = struct.unpack(layout, m)
  return replace(key, m, revision, false, 0, count, age, '')
end

local function forget(key, m)
  local r = p .. 'r:' .. key
  local flags, _, _, _, _, lapses = struct.unpack(layout, m)
  if flags >= 4 then moveIndex(r, key, call('HGET', r, 'i'), '') end
  place(key, flags % 2 == 0, false)
  moveLapse(key, lapses, 0)
  call('ZREM', p .. 'z', key)
  call('UNLINK', r)
  return false
end

local function extend(key, m, ttl)
  local r = p .. 'r:' .. key
  local _, _, _, _, _, lapses = struct.unpack(layout, m)
  local packed = sub(m, 1, 33) .. struct.pack('>d', now + ttl) .. sub(m, 42)
  call('HSET', r, 'm', packed)
  moveLapse(key, lapses, now + ttl)
  local state = shown(packed)
  state[8] = textOf(r, packed)
  return state
end

local function redact(key, m, name, text)
  local r = p .. 'r:' .. key
  local flags, version = struct.unpack('>Bd', m)
  local isCurrent = digits(version) == name
  if not isCurrent then m = call('HGET', r, name .. 'm') end
  local packed = sub(m, 1, 65) .. tag .. sub(m, (string.find(m, '\\0', 66, true)))
  call('HSET', r, isCurrent and 'm' or name .. 'm', packed, isCurrent and flags % 4 >= 2 and 'x' or name, text)
  return shown(packed)
end

local revision = call('INCR', p .. 'rev')
for i = eventsFrom, eventsTo do
  call('XADD', p .. 'e', digits(revision) .. '-' .. i - eventsFrom, 'd', ARGV[i])
end
local records = {}
for i = 1, #writes do
  local write = writes[i]
  local act, key, m, record = write.act, write.key, head(write.key), false
  if act == 'put' then
    local lapses = write.ttl > 0 and now + write.ttl or 0
    record = replace(key, m, revision, write.text, lapses, write.count, write.age, write.index)
  elseif not m then record = false
  elseif act == 'bury' then record = bury(key, m, revision)
  elseif act == 'forget' then record = forget(key, m)
  elseif act == 'extend' then record = extend(key, m, write.ttl)
  else record = redact(key, m, write.version, write.text) end
  records[i] = record
end
return {1, revision, records}
`;
