import type { Clash, IndexValue, Write } from "./port.js";
import type { Key } from "./record.js";

/** The record that holds a unique value now, those in `released` not counted. */
export type HolderOf = (value: IndexValue, released: ReadonlySet<Key>) => Key | undefined;

/**
 * The unique values that these writes would put under two keys. What a write replaces or deletes counts as released,
 * wherever in the commit it stands, so two records may swap their values. Stores call it where they check a commit.
 */
export function uniqueClashes(writes: readonly Write[], holderOf: HolderOf): readonly Clash[] {
  const claims = writes.flatMap((write) =>
    "put" in write
      ? (write.index ?? []).filter(({ unique }) => unique).map((value) => ({ key: write.key, value }))
      : [],
  );
  if (claims.length === 0) return [];
  const released = new Set(writes.filter((write) => "put" in write || "delete" in write).map(({ key }) => key));
  const taken = new Map<string, Key>();
  const clashes: Clash[] = [];
  for (const { key, value } of claims) {
    const place = `${value.name}\u0000${value.value}`;
    const holder = taken.get(place) ?? holderOf(value, released);
    taken.set(place, taken.get(place) ?? key);
    if (holder !== undefined && holder !== key) clashes.push({ index: value.name, value: value.value, key, holder });
  }
  return clashes;
}
