/** What the tests of this package share: schemas that go away, and short commits. */
import { randomBytes } from "node:crypto";
import type { Commit, Store } from "@unclash/core/store";
import { postgresUrl } from "@unclash/test-servers";
import pg from "pg";
import { onTestFinished } from "vitest";

/** The name of a schema that no other test has. */
export function schemaName(): string {
  return `test_${randomBytes(6).toString("hex")}`;
}

/** The name of a schema that is not there yet, and is dropped with what will be in it when the test ends. */
export async function freshSchema(): Promise<string> {
  const schema = schemaName();
  onTestFinished(async () => {
    await query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
  });
  return schema;
}

/** Runs SQL on a connection of its own. */
export async function query(
  sql: string,
  values: unknown[] = [],
  url: string | undefined = postgresUrl,
): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** Opens the connections of a store's pool: commits that wait for a connection to be made hardly race each other. */
export async function warmUp(store: Store): Promise<void> {
  const key = (n: number): string => `warm/${n}`;
  const { now } = await store.read([]);
  const all = Array.from({ length: 10 }, (_, n) => n);
  await Promise.all(
    all.map((n) => store.commit(commitOf(now, [{ key: key(n), expect: "absent", put: "{}", keep: "none" }]))),
  );
  await store.commit(
    commitOf(
      now,
      all.map((n) => ({ key: key(n), expect: "any", delete: "forget" }) as const),
    ),
  );
}

/** A commit of these writes, or what else is given. */
export function commitOf(at: number, writes: Commit["writes"], rest: Partial<Commit> = {}): Commit {
  return { tag: nextTag(), at, reads: [], writes, events: [], by: null, cause: "test", ...rest };
}

export function nextTag(): string {
  return randomBytes(12).toString("base64url");
}

/** A pool of the app's, which is ended with the test if the test has not done so. */
export function endedPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  onTestFinished(async () => {
    if (!pool.ending) await pool.end();
  });
  return pool;
}

/** Makes so many records at once, each by a commit of its own, and gives the keys of those that were acknowledged. */
export async function acknowledgedOf(store: Store, folder: string, count: number): Promise<readonly string[]> {
  const keys = Array.from({ length: count }, (_, n) => `${folder}/${n}`);
  const results = await Promise.allSettled(
    keys.map((key) => store.commit(commitOf(1, [{ key, expect: "absent", put: "{}" }]))),
  );
  return keys.filter((_, n) => {
    const result = results[n];
    return result?.status === "fulfilled" && result.value.kind === "committed";
  });
}

/** The keys that are not there, by what a connection of its own sees. */
export async function lostOf({ schema }: { readonly schema: string }, keys: readonly string[]): Promise<unknown> {
  const rows = await query(`SELECT key FROM "${schema}".head WHERE key = ANY ($1)`, [keys]);
  const found = rows.map((row) => row["key"]);
  return keys.filter((key) => !found.includes(key));
}
