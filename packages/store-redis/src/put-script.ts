import { type Script, script } from "./script.js";

/**
 * The commonest commit by itself, in half of the time that the general script takes: one put over a tag, without a ttl,
 * of a record whose index values and retention stay as they are and which has a past, with one event or none, relying
 * on keys that are absent or have a tag, such as those of locks.
 *
 * `ARGV`: the key, the tag expected with U+0000 after it, the commit's time, its tail (see state-script.ts), the text,
 * the event or nothing, the index values, how many past states to keep and for how long; then in turn each key that is
 * read, and its tag with U+0000 after it, or nothing where the key must be absent. Answers version, revision, createdAt
 * and modifiedAt; or the time and what is there instead; or `look` where the general script has to look. Nothing is
 * written before all is checked.
 */
export const putScript: Script = script(`
local p, call = KEYS[1], redis.call
local r = p .. 'r:' .. ARGV[1]
for i = 10, #ARGV, 2 do
  local tag = ARGV[i + 1]
  if tag == '' then
    if call('EXISTS', p .. 'r:' .. ARGV[i]) == 1 then return 'look' end
  else
    local read = call('HGET', p .. 'r:' .. ARGV[i], 'm')
    if not read or string.sub(read, 66, 65 + #tag) ~= tag then return 'look' end
    local flags, _, _, _, _, lapses = struct.unpack('>Bdddddd', read)
    if flags % 2 == 1 then return 'look' end
    if lapses > 0 then
      local time = call('TIME')
      if lapses <= time[1] * 1000 + math.floor(time[2] / 1000) then return 'look' end
    end
  end
end
local m = call('HGET', r, 'm')
if not m then return 'look' end
local expected = ARGV[2]
local flags, before, last, created, modified, lapses, oldest, count, age = struct.unpack('>Bdddddddd', m)
if string.sub(m, 66, 65 + #expected) ~= expected then
  local time = call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  return {now, before, last, created, modified, lapses, flags, string.sub(m, 66)}
end
if lapses ~= 0 or count .. '' ~= ARGV[8] or age .. '' ~= ARGV[9] then return 'look' end
if flags == 4 then
  if call('HGET', r, 'i') ~= ARGV[7] then return 'look' end
elseif flags ~= 0 or ARGV[7] ~= '' then return 'look' end

local at = tonumber(ARGV[3])
if at <= modified then at = modified + 1 end
local version = before + 1
local revision = call('INCR', p .. 'rev')
-- A number joined to a text has 14 digits at most, and takes a third of the time.
local past, name, id = before .. 'm', version .. '', revision .. '-0'
if version > 1e13 or revision > 1e13 then
  past, name, id = string.format('%.0fm', before), string.format('%.0f', version), string.format('%.0f-0', revision)
end
if ARGV[6] ~= '' then call('XADD', p .. 'e', id, 'd', ARGV[6]) end
local packed = struct.pack('>Bdddddddd', flags, version, revision, created, at, 0, oldest, count, age) .. ARGV[4]
call('HSET', r, 'm', packed, name, ARGV[5], past, m)
if count >= 0 and version - oldest > count then
  call('ZADD', p .. 'z', 'NX', age < 0 and 0 or string.format('%.0f', at + age), ARGV[1])
end
return {version, revision, created, at}
`);
