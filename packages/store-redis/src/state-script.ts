/*
 * Under the prefix `{name}:` lie
 *
 *   r:<key>     a hash: one record with its past
 *     m           its current state, packed as below
 *     <v>         the text of version v, as decimal digits
 *     <v>m        the packed state of version v, where that is a past one
 *     x           the text of a current state whose past is not kept; then there is no field <v>
 *     i           its index values: name, U+0000, value, U+0000, …
 *     g           "<from> <to>": versions that were dropped when no past was to be kept any more, for `clean` to remove
 *   c:<parent>  the keys of the records that are no tombstones, in the order of their bytes
 *   i:<name>    value, U+0000, key of the records in an index, in the order of their bytes
 *   l           the moment in 16 digits, then key, of all that lapses, in the order of their bytes
 *   z           the keys with something to clean, by when
 *   rev         the last revision
 *   e           the events, a stream; ids are `<revision>-<which of the commit>`
 *   f           "<id> <tag>" of the last event that was removed
 *
 * A packed state: a byte of flags (1 a tombstone, 2 its past is not kept, 4 it has index values), then as doubles
 * version, revision, createdAt, modifiedAt, lapsesAt (0 is never), the oldest version kept, and how many past states to
 * keep (-1 is all) for how long (-1 is no age), then tag, U+0000, cause, U+0000, and "+" with the actor, or nothing.
 *
 * Doubles hold whole numbers up to 2^53, as JavaScript's numbers do, and are unpacked in a tenth of the time that
 * decimal digits take. Lua turns large numbers into digits like 9.007199254741e+15 where it is not told how.
 */

/** What scripts share: the server's time in ms, whole numbers as digits, and states as they are answered. */
export const stateParts = `
local p, call, sub = KEYS[1], redis.call, string.sub
local layout = '>Bdddddddd'

local function digits(number) return string.format('%.0f', number) end

local function clock()
  local time = call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function shown(m)
  local flags, version, revision, created, modified, lapses = struct.unpack(layout, m)
  return {version, revision, created, modified, lapses, flags, sub(m, 66)}
end

local function textOf(r, m)
  local flags, version = struct.unpack('>Bd', m)
  if flags % 2 == 1 then return false end
  return call('HGET', r, flags % 4 >= 2 and 'x' or digits(version))
end
`;
