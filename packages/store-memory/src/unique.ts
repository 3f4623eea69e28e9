import type { Clash, IndexValue, Key, Write } from "@unclash/core";
import type { Records } from "./records.js";

interface Claim {
  readonly key: Key;
  readonly unique: boolean;
}

/**
 * The values that these writes would put under two keys although one of the two holds it as unique. What a write
 * replaces or deletes counts as released, wherever in the commit it stands, so two records may swap their values.
 */
export function uniqueClashes(writes: readonly Write[], records: Records): Clash[] {
  const released = new Set<Key>();
  for (const write of writes) if ("put" in write || "delete" in write) released.add(write.key);
  const claims = new Map<string, Claim>();
  const clashes: Clash[] = [];
  for (const write of writes) {
    if (!("put" in write)) continue;
    for (const value of write.index ?? []) {
      const holder = earlierClaim(claims, write.key, value) ?? holderOf(records, released, value);
      if (holder !== undefined) clashes.push({ index: value.name, value: value.value, key: write.key, holder });
    }
  }
  return clashes;
}

// The other key of the same commit that claimed this value before, where one of the two claims it as unique.
function earlierClaim(
  claims: Map<string, Claim>,
  key: Key,
  { name, value, unique = false }: IndexValue,
): Key | undefined {
  const place = `${name}\u0000${value}`;
  const earlier = claims.get(place);
  if (earlier === undefined || (unique && !earlier.unique)) claims.set(place, { key, unique });
  if (earlier === undefined || earlier.key === key) return undefined;
  return unique || earlier.unique ? earlier.key : undefined;
}

// A unique value has one holder, so the first that is not released tells for all. Among one more than are released,
// there is such a one, or there is none at all.
function holderOf(records: Records, released: ReadonlySet<Key>, { name, value, unique }: IndexValue): Key | undefined {
  const holders = records.indexes.after(name, { value, key: "" }, released.size + 1);
  const holder = holders.find((entry) => entry.value === value && !released.has(entry.key));
  return holder !== undefined && (unique || holder.unique) ? holder.key : undefined;
}
