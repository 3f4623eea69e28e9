import type { IndexValue, Key } from "@unclash/core/store";
import { type Command, type Query, query, type SqliteDatabase } from "./driver.js";
import type { Head } from "./head.js";

/** Who holds a value of an index. */
export interface Holder {
  readonly key: Key;
  /** 1 where nobody else may hold it. */
  readonly sole: 0 | 1;
}

/** The index values of one head, in JSON: `[[name, value, 1 where it is unique]]`, each name and value once. */
export function claimsOf(index: readonly IndexValue[] | undefined): string | null {
  if (index === undefined || index.length === 0) return null;
  const claims = new Map<string, readonly [string, string, 0 | 1]>();
  for (const { name, value, unique = false } of index) {
    const place = JSON.stringify([name, value]);
    // A value that stands in the set twice is unique where either says so.
    claims.set(place, [name, value, unique || claims.get(place)?.[2] === 1 ? 1 : 0]);
  }
  return JSON.stringify([...claims.values()]);
}

/** The rows of `claim`: the values by which heads are looked up. */
export class Claims {
  readonly #holders: Query<Holder>;
  readonly #add: Command;
  readonly #remove: Command;

  constructor(database: SqliteDatabase) {
    this.#holders = query(database, "SELECT key, sole FROM claim WHERE name = ? AND value = ? ORDER BY key LIMIT ?");
    this.#add = database.prepare("INSERT INTO claim (name, value, key, id, sole) VALUES (?, ?, ?, ?, ?)");
    this.#remove = database.prepare("DELETE FROM claim WHERE name = ? AND value = ? AND key = ?");
  }

  /** The first who hold a value, by key. */
  holders({ name, value }: IndexValue, limit: number): readonly Holder[] {
    return this.#holders.all(name, value, limit);
  }

  /** Replaces the values of a head. The same set again costs nothing. */
  replace(head: Pick<Head, "id" | "key">, before: string | null, after: string | null): void {
    if (before === after) return;
    for (const [name, value] of parsed(before)) this.#remove.run(name, value, head.key);
    for (const [name, value, sole] of parsed(after)) this.#add.run(name, value, head.key, head.id, sole);
  }
}

function parsed(claims: string | null): readonly (readonly [string, string, 0 | 1])[] {
  return claims === null ? [] : JSON.parse(claims);
}
