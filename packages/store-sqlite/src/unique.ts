import type { Clash, IndexValue, Key, Write } from "@unclash/core";
import type { Claims } from "./claims.js";

/**
 * The values that these writes would put under two keys although one of the two holds it as unique. What a write
 * replaces or deletes counts as released, wherever in the commit it stands, so two records may swap their values.
 */
export function uniqueClashes(writes: readonly Write[], claims: Claims): Clash[] {
  const released = new Set<Key>();
  for (const write of writes) if ("put" in write || "delete" in write) released.add(write.key);
  const taken = new Map<string, { readonly key: Key; readonly unique: boolean }>();
  const clashes: Clash[] = [];
  for (const write of writes) {
    if (!("put" in write)) continue;
    for (const value of write.index ?? []) {
      const holder = earlierHolder(taken, write.key, value) ?? holderOf(claims, released, value);
      if (holder !== undefined) clashes.push({ index: value.name, value: value.value, key: write.key, holder });
    }
  }
  return clashes;
}

// The other key of the same commit that claimed this value before, where one of the two claims it as unique.
function earlierHolder(
  taken: Map<string, { readonly key: Key; readonly unique: boolean }>,
  key: Key,
  { name, value, unique = false }: IndexValue,
): Key | undefined {
  const place = JSON.stringify([name, value]);
  const earlier = taken.get(place);
  if (earlier === undefined || (unique && !earlier.unique)) taken.set(place, { key, unique });
  if (earlier === undefined || earlier.key === key) return undefined;
  return unique || earlier.unique ? earlier.key : undefined;
}

// A unique value has one holder, so the first that is not released tells for all. Among one more than are released,
// there is such a one, or there is none at all.
function holderOf(claims: Claims, released: ReadonlySet<Key>, value: IndexValue): Key | undefined {
  const holder = claims.holders(value, released.size + 1).find(({ key }) => !released.has(key));
  return holder !== undefined && (value.unique || holder.sole === 1) ? holder.key : undefined;
}
