import { type Script, script } from "./script.js";
import { stateParts } from "./state-script.js";

/** Reads the records of all keys in `ARGV` in one view: the time, then for each its state and text, or null. */
export const readScript: Script = script(
  stateParts,
  `
local out = {clock()}
for i = 1, #ARGV do
  local r = p .. 'r:' .. ARGV[i]
  local m = call('HGET', r, 'm')
  local state = false
  if m then
    state = shown(m)
    state[8] = textOf(r, m)
  end
  out[i + 1] = state
end
return out
`,
);
