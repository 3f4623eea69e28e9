import { type Script, script } from "./script.js";

/**
 * The events after a place. `ARGV`: `start`, `now` or the id of the event there, its tag, and how many at most. Answers
 * whether the place was found, then the id and the tag of the place itself, or where it was not of the log's end, how
 * many ids and events there are, and then these in turn.
 *
 * An event that was removed, or whose commit a failover lost, is not there or has another tag. Scripts run one after
 * the other, so that no event ever appears before one that was seen.
 */
export const followScript: Script = script(`
local p, call = KEYS[1], redis.call
local after, tag, count = ARGV[1], ARGV[2], ARGV[3]
local e = p .. 'e'

-- As much of it as a cursor holds.
local function tagOf(entry) return string.sub(string.match(entry[2][2], '^[^%z]*'), 1, 16) end

-- Behind the last event that was removed, where there is one.
local function beginning()
  local removed = call('GET', p .. 'f')
  if not removed then return '0-0', '' end
  local id, removedTag = string.match(removed, '^(%S+) (.*)$')
  return id, string.sub(removedTag, 1, 16)
end

local function ending()
  local last = call('XREVRANGE', e, '+', '-', 'COUNT', 1)[1]
  if last then return last[1], tagOf(last) end
  return beginning()
end

local first, firstTag = beginning()
local isFound = after == 'start' or after == first and tag == firstTag
if after == 'start' then after, tag = first, firstTag
elseif not isFound and after ~= 'now' then
  local entry = call('XRANGE', e, after, after)[1]
  isFound = entry and tagOf(entry) == tag
end
if not isFound then
  local last, lastTag = ending()
  return {0, last, lastTag, 0}
end
local out = {1, after, tag, 0}
for _, entry in ipairs(call('XRANGE', e, '(' .. after, '+', 'COUNT', count)) do
  out[#out + 1] = entry[1]
  out[#out + 1] = entry[2][2]
end
out[4] = #out - 4
return out
`);
