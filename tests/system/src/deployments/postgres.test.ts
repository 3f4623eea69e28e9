import { randomBytes } from "node:crypto";
import type { Store } from "@unclash/core/store";
import { createPostgresStore, migratePostgres } from "@unclash/postgres";
import { postgresUrl } from "@unclash/test-servers";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { dropSchemas } from "../leftovers.js";
import { type LastRelease, loadLastRelease } from "./last-release.js";

const url = postgresUrl ?? "";

/** The functions of a schema, by name: their definition, without the schema's own name and numbers. */
type Functions = ReadonlyMap<string, string>;

describe.skipIf(postgresUrl === undefined)("a deployment on PostgreSQL", () => {
  test("leaves each function of the last release as it was", async () => {
    const { schema, release } = await place();
    await end(await release.createPostgresStore({ url, schema }));
    const before = await functionsOf(schema);
    await migratePostgres({ url, schema });
    const after = await functionsOf(schema);
    expect([...before].filter(([name, text]) => after.get(name) !== text)).toEqual([]);
    expect(after.size).toBeGreaterThan(before.size);
  });

  test("gives a function that is not the same another name", async () => {
    const { schema: first, release } = await place();
    await end(await release.createPostgresStore({ url, schema: first }));
    const { schema: second } = await place();
    await migratePostgres({ url, schema: second });
    const older = await functionsOf(first);
    const newer = await functionsOf(second);
    const changed = [...newer].filter(([name, text]) => older.has(name) && older.get(name) !== text);
    // What this names needs another number in packages/store-postgres/src/sql/names.ts.
    expect(changed.map(([name]) => name)).toEqual([]);
    expect([...newer.keys()].filter((name) => older.has(name))).toContain("read");
  });

  test.each([true, false])("lets a process of the last release start after it, with migrate: %s", async (migrate) => {
    const { schema, release } = await place();
    const running = await release.createPostgresStore({ url, schema });
    const store = await createPostgresStore({ url, schema });
    const started = await release.createPostgresStore({ url, schema, migrate });
    for (const one of [running, store, started]) expect(await put(one)).toBe("committed");
    for (const one of [running, store, started]) await end(one);
  });

  test("waits for no process of the last release, and none waits for it", async () => {
    const { schema, release } = await place();
    const running = await release.createPostgresStore({ url, schema });
    let isDeploying = true;
    const writers = Array.from({ length: 4 }, async () => {
      const kinds = new Set<string>();
      while (isDeploying) kinds.add(await put(running));
      return [...kinds];
    });
    const stores = await Promise.all([1, 2, 3].map(() => createPostgresStore({ url, schema, migrate: true })));
    isDeploying = false;
    expect((await Promise.all(writers)).flat()).toEqual(Array(4).fill("committed"));
    for (const one of [running, ...stores]) await end(one);
  });

  test("by another role: this release says what is missing until then, and the last one goes on", async () => {
    const { schema, release } = await place();
    const running = await release.createPostgresStore({ url, schema });
    const opening = createPostgresStore({ url, schema, migrate: false });
    await expect(opening).rejects.toThrow(/must be migrated .* lacks functions of this release \(commit_2, /);
    expect(await put(running)).toBe("committed");
    await migratePostgres({ url, schema });
    const store = await createPostgresStore({ url, schema, migrate: false });
    expect([await put(store), await put(running)]).toEqual(["committed", "committed"]);
    await end(store);
    await end(running);
  });

  test("that made the schema is not for the last release, which says so", async () => {
    const { schema, release } = await place();
    await end(await createPostgresStore({ url, schema }));
    await expect(release.createPostgresStore({ url, schema })).rejects.toThrow(/must not come from a newer release/);
  });

  test("that dropped what the last release calls would fail its processes: the tests before would see it", async () => {
    const { schema, release } = await place();
    const running = await release.createPostgresStore({ url, schema });
    const before = await functionsOf(schema);
    await query(`DROP FUNCTION "${schema}".commit`);
    await end(await createPostgresStore({ url, schema }));
    expect(await put(running)).toBe("StoreError");
    expect([...(await functionsOf(schema)).keys()]).not.toEqual(expect.arrayContaining([...before.keys()]));
    await end(running);
  });
});

async function place(): Promise<{ readonly schema: string; readonly release: LastRelease }> {
  const schema = `deploy_${randomBytes(6).toString("hex")}`;
  onTestFinished(() => dropSchemas(url, [schema]));
  return { schema, release: await loadLastRelease() };
}

function end(store: Store): Promise<void> {
  return store.close();
}

// Says what came of a commit.
async function put(store: Store): Promise<string> {
  const tag = randomBytes(12).toString("base64url");
  const writes = [{ key: `a/${tag}`, expect: "absent", put: "{}" }] as const;
  const commit = { tag, at: 1, reads: [], writes, events: [], by: null, cause: "test" };
  return store.commit(commit).then(
    ({ kind }) => kind,
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
}

async function functionsOf(schema: string): Promise<Functions> {
  const rows = await query(
    `SELECT proname AS name, pg_get_functiondef(p.oid) AS text FROM pg_proc p
      JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1 ORDER BY proname`,
    [schema],
  );
  // The numbers of its locks depend on the schema's name.
  const numbers = /\b[0-9]{16}\b|(?<=classid = |lock_shared\()[0-9]+/g;
  const plain = (text: string): string => text.replaceAll(schema, "schema").replaceAll(numbers, "number");
  return new Map(rows.map(({ name, text }) => [String(name), plain(String(text))]));
}

async function query(sql: string, values: unknown[] = []): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}
