import { type Script, script } from "./script.js";
import { stateParts } from "./state-script.js";

/**
 * The states of one key, the newest first. `ARGV`: the key, the version and the moment before which they lie (-1 is
 * none), the limit, whether texts are asked for, and how many bytes of them. Answers the time, the current version,
 * whether the bytes ended it, how many states there are, and the states.
 */
export const historyScript: Script = script(
  stateParts,
  `
local r = p .. 'r:' .. ARGV[1]
local before, at, limit = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local texts, bytesMax = ARGV[5] == '1', tonumber(ARGV[6])
local now = clock()
local head = call('HGET', r, 'm')
if not head then return {now, 0, 0, 0} end
local _, current, _, _, _, _, oldest = struct.unpack(layout, head)
local function stateAt(version)
  if version == current then return head end
  return call('HGET', r, digits(version) .. 'm')
end

-- Versions are kept without a gap, and modifiedAt grows with them: the newest that was there at a moment is
-- searched for.
local newest = current
if before >= 0 and before <= current then newest = before - 1 end
if at >= 0 then
  local low, high = oldest - 1, newest
  while low < high do
    local middle = math.ceil((low + high) / 2)
    local _, _, _, _, modified = struct.unpack(layout, stateAt(middle))
    if modified <= at then low = middle else high = middle - 1 end
  end
  newest = low
end

local out, bytes, version = {now, current, 0, 0}, 0, newest
while version >= oldest and #out - 4 < limit do
  if bytes >= bytesMax then
    out[3] = 1
    break
  end
  local m = stateAt(version)
  local state = shown(m)
  state[8] = false
  if texts then
    if version == current then state[8] = textOf(r, m)
    elseif state[6] % 2 == 0 then state[8] = call('HGET', r, digits(version)) end
    if state[8] then bytes = bytes + #state[8] end
  end
  out[#out + 1] = state
  version = version - 1
end
out[4] = #out - 4
return out
`,
);
