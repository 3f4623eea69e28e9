import type { Store } from "@unclash/core/store";
import { postgresUrl } from "@unclash/test-servers";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { LockNumbers } from "./locks.js";
import { createPostgresStore } from "./store.js";
import { commitOf, freshSchema, query } from "./store.test-support.js";

describe.skipIf(postgresUrl === undefined)("cleaning", () => {
  test("it leaves a key that a commit is at work on for later, and waits for none", async () => {
    const { store, schema } = await opened();
    for (const key of ["a/1", "a/2"]) await putTimes(store, key, 3);
    const other = await holding(`SELECT pg_advisory_xact_lock(${new LockNumbers(schema).key("a/1")})`);
    expect(await store.clean(100)).toEqual({ removed: 2, more: true });
    await other.query("ROLLBACK");
    expect(await store.clean(100)).toEqual({ removed: 2, more: false });
  });

  test("while a commit of very many keys is at work it does nothing", async () => {
    const { store, schema } = await opened();
    await putTimes(store, "a/1", 3);
    const other = await holding(`SELECT pg_advisory_xact_lock(${new LockNumbers(schema).store})`);
    expect(await store.clean(100)).toEqual({ removed: 0, more: false });
    await other.query("ROLLBACK");
    expect(await store.clean(100)).toEqual({ removed: 2, more: false });
  });

  test("of several processes that clean at once, one does, and nothing is counted twice", async () => {
    const { store, schema } = await opened();
    const another = await createPostgresStore({ url: postgresUrl ?? "", schema });
    onTestFinished(() => another.close());
    for (let n = 0; n < 10; n++) await putTimes(store, `a/${n}`, 4);
    let removed = 0;
    for (let more = true; more; ) {
      const steps = await Promise.all([store.clean(7), another.clean(7), store.clean(7)]);
      for (const step of steps) removed += step.removed;
      more = steps.some((step) => step.more);
    }
    expect(removed).toBe(30);
  });

  test("commits go on while it is at work, and lose nothing", async () => {
    const { store } = await opened();
    let isDone = false;
    const cleaner = (async () => {
      while (!isDone) await store.clean(50);
    })();
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 8 }, (_, n) => putTimes(store, `a/${n}`, 1)));
    }
    isDone = true;
    await cleaner;
    while ((await store.clean(100)).more);
    for (let n = 0; n < 8; n++) {
      expect((await store.history(`a/${n}`, { limit: 9, texts: true })).records.map(({ version }) => version)).toEqual([
        20,
      ]);
    }
  });

  test("an event behind a late commit stays, however old it is", async () => {
    const { store, schema } = await opened();
    const late = await holding(
      `SELECT pg_advisory_xact_lock_shared(${new LockNumbers(schema).events}, last_value::integer) FROM ` +
        `"${schema}".revisions`,
    );
    await late.query(`SELECT nextval('"${schema}".revisions')`);
    await store.commit(commitOf(1, [], { events: [{ type: "old", key: "a/1" }] }));
    expect(await store.clean(100)).toEqual({ removed: 0, more: false });
    await late.query("ROLLBACK");
    expect(await store.clean(100)).toEqual({ removed: 1, more: false });
  });

  test("what was forgotten is gone at once, and its past with the next cleaning", async () => {
    const { store, schema } = await opened();
    await putTimes(store, "a/1", 3);
    await store.commit(commitOf(1, [{ key: "a/1", expect: "any", delete: "forget" }]));
    await putTimes(store, "a/1", 1);
    expect((await store.history("a/1", { limit: 9, texts: true })).records).toHaveLength(1);
    expect(await store.clean(100)).toEqual({ removed: 3, more: false });
    const [row] = await query(`SELECT count(*)::integer AS count FROM "${schema}".log`);
    expect(row?.["count"]).toBe(1);
  });
});

async function opened(): Promise<{ readonly store: Store; readonly schema: string }> {
  const schema = await freshSchema();
  const store = await createPostgresStore({ url: postgresUrl ?? "", schema });
  onTestFinished(() => store.close());
  return { store, schema };
}

async function putTimes(store: Store, key: string, times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    await store.commit(commitOf(1, [{ key, expect: "any", put: "{}", keep: { count: 0, ageMs: 0 } }]));
  }
}

async function holding(sql: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query("BEGIN");
  await client.query(sql);
  return client;
}
