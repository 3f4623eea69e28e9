import { canonicalJson, type Json, type JsonObject } from "@unclash/core/json";
import type { Clash, IndexValue, Key, Store } from "@unclash/core/store";
import { indexValueOf } from "../commits/index-value.js";
import type { Collection } from "./collection.js";

/** The values under which a state is held against others: one for each unique field that is set. */
export function uniqueValues(collection: Collection, fields: JsonObject): readonly IndexValue[] {
  return collection.unique.flatMap((field) => {
    const value = fields[field];
    return value === undefined || value === null
      ? []
      : [{ name: indexName(collection, field), value: comparedValue(value), unique: true }];
  });
}

/** The field of which a store said that its value is taken. */
export function fieldOfIndex(collection: Collection, index: string): string | undefined {
  return collection.unique.find((field) => indexName(collection, field) === index);
}

/** The clashes that a write would meet, were it committed now. */
export async function findHolder(
  reader: Pick<Store, "list">,
  values: readonly IndexValue[],
  key: Key,
): Promise<Clash[]> {
  const clashes: Clash[] = [];
  for (const { name, value } of values) {
    const { records } = await reader.list({ index: name, from: value, to: value, limit: 2 });
    const holder = records.find((record) => record.key !== key);
    if (holder !== undefined) clashes.push({ index: name, value, key, holder: holder.key });
  }
  return clashes;
}

/** The taken value among clashes, where nothing else has changed: otherwise everything has to be decided anew first. */
export function uniqueClash(clashes: readonly Clash[]): Extract<Clash, { readonly index: string }> | undefined {
  const [first] = clashes;
  return first !== undefined && "index" in first && clashes.every((clash) => "index" in clash) ? first : undefined;
}

function indexName(collection: Collection, field: string): string {
  return `${collection.name}.${field}`;
}

/** Values are compared as JSON, so that 1 and "1" differ. */
function comparedValue(value: Json): string {
  return indexValueOf(
    typeof value === "object" ? canonicalJson(JSON.parse(JSON.stringify(value))) : JSON.stringify(value),
  );
}
