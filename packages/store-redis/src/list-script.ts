import { type Script, script } from "./script.js";
import { stateParts } from "./state-script.js";

/**
 * One page of a range. `ARGV`: the kind (`c`, `i` or `l`), its set, where in that set's order it begins and ends (for
 * those that lapsed, before which moment), the limit, whether texts are asked for, how many bytes of them, and whether
 * it is read backwards. Answers the time, the member to go on after or null, how many records there are, and then each
 * record.
 */
export const listScript: Script = script(
  stateParts,
  `
local kind, from, to = ARGV[1], ARGV[3], ARGV[4]
local limit, texts, bytesMax = tonumber(ARGV[5]), ARGV[6] == '1', tonumber(ARGV[7])
local now = clock()
if kind == 'l' then to = '(' .. string.format('%016.0f', math.min(tonumber(to), now + 1)) end
local command = ARGV[8] == '1' and 'ZREVRANGEBYLEX' or 'ZRANGEBYLEX'
local members = call(command, p .. ARGV[2], from, to, 'LIMIT', 0, limit + 1)
local out, bytes, count = {now, false, 0}, 0, 0
for i = 1, math.min(#members, limit) do
  local member = members[i]
  local key = member
  if kind == 'i' then key = sub(member, string.find(member, '\\0', 1, true) + 1)
  elseif kind == 'l' then key = sub(member, 17) end
  local r = p .. 'r:' .. key
  local m = call('HGET', r, 'm')
  if m then
    local state = shown(m)
    state[8] = false
    if texts then
      state[8] = textOf(r, m)
      bytes = bytes + #state[8]
    end
    out[#out + 1] = {key, state}
  end
  count = i
  if bytes >= bytesMax then break end
end
if count < #members then out[2] = members[count] end
out[3] = #out - 3
return out
`,
);
