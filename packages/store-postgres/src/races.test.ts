import { storeSuite } from "@unclash/conformance/store";
import type { Store, Write } from "@unclash/core/store";
import { postgresUrl } from "@unclash/test-servers";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { functionNames } from "./sql/names.js";
import { createPostgresStore } from "./store.js";
import { commitOf, freshSchema, query, warmUp } from "./store.test-support.js";

const url = postgresUrl ?? "";

/** A part of the functions, and what a bug would make of it. */
interface PlantedBug {
  readonly bug: string;
  readonly caughtBy: string;
  readonly is: string;
  readonly becomes: string;
}

const locking = `PERFORM CASE WHEN a.number & 1 = 1 THEN pg_advisory_xact_lock(a.number - 1)
    ELSE pg_advisory_xact_lock_shared(a.number) END
    FROM unnest(p_locks) AS a (number);`;

const bugs: readonly PlantedBug[] = [
  {
    bug: "no lock is taken",
    caughtBy: "of two commits that each write what the other read, one succeeds",
    is: locking,
    becomes: "",
  },
  {
    bug: "no lock is taken for what is not there yet",
    caughtBy: "of 20 commits that create one record at once, one wins",
    is: locking,
    becomes: "",
  },
  {
    bug: "ranges are not locked",
    caughtBy: "of many commits that join a range which they all read as empty, one succeeds",
    is: "FROM unnest(p_locks) AS a (number);",
    becomes: "FROM unnest(p_locks) AS a (number) WHERE p_locks = '{}' OR cardinality(g_seen) = 0;",
  },
  {
    bug: "unique values are not locked",
    caughtBy: "of many commits that claim a unique value at once, one gets it",
    is: "FROM unnest(p_locks) AS a (number);",
    becomes: "FROM unnest(p_locks) AS a (number) WHERE cardinality(u_names) = 0;",
  },
  {
    bug: "keys that are only read are not locked",
    caughtBy: "of two commits that each write what the other read, one succeeds",
    is: "FROM unnest(p_locks) AS a (number);",
    becomes: "FROM unnest(p_locks) AS a (number) WHERE a.number & 1 = 1;",
  },
  {
    bug: "all locks are shared",
    caughtBy:
      "50 increments at once, each read, committed and tried again, all count, and none clashes but with another",
    is: "pg_advisory_xact_lock(a.number - 1)",
    becomes: "pg_advisory_xact_lock_shared(a.number - 1)",
  },
];

// Which commits meet is chance: most bugs show in the first rounds, and each round takes some 30 ms.
const roundsMax = 1_000;

describe.skipIf(postgresUrl === undefined)("commits at once", () => {
  test.each(bugs)(
    "the suite finds it where $bug",
    async ({ caughtBy, is, becomes }) => {
      const store = await withBug(is, becomes);
      const run = suiteTest(caughtBy, store);
      let failures = 0;
      for (let n = 0; n < roundsMax && failures === 0; n++) await run().catch(() => failures++);
      expect(failures).toBe(1);
    },
    120_000,
  );

  test("a statement that locks and reads at once sees what was there before it waited", async () => {
    // What the function would do if it did both in one: each of two that wait for each other reads the same count.
    const schema = await freshSchema();
    await query(`CREATE SCHEMA "${schema}"; CREATE TABLE "${schema}".counter (n integer);
      INSERT INTO "${schema}".counter VALUES (0);
      CREATE FUNCTION "${schema}".one() RETURNS void LANGUAGE plpgsql AS $$ DECLARE v integer; BEGIN
        SELECT n INTO v FROM (SELECT pg_advisory_xact_lock(7)) AS l, "${schema}".counter;
        UPDATE "${schema}".counter SET n = v + 1; END $$`);
    const holder = new pg.Client({ connectionString: url });
    await holder.connect();
    onTestFinished(() => holder.end());
    await holder.query("SELECT pg_advisory_lock(7)");
    const all = Promise.all(Array.from({ length: 8 }, () => query(`SELECT "${schema}".one()`)));
    const waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted";
    await expect.poll(async () => (await holder.query(waiting)).rowCount, { timeout: 20_000 }).toBe(8);
    await holder.query("SELECT pg_advisory_unlock(7)");
    await all;
    const [row] = await query(`SELECT n FROM "${schema}".counter`);
    expect(row?.["n"]).toBe(1);
  });

  test("200 rounds of 8 commits that name their keys in crossed order: no deadlock, and none is lost", async () => {
    const store = await createPostgresStore({ url, schema: await freshSchema() });
    onTestFinished(() => store.close());
    await warmUp(store);
    const keys = ["a/1", "a/2", "b/1", "b/2"];
    for (let round = 0; round < 200; round++) {
      const commits = Array.from({ length: 8 }, (_, n) => {
        const order = n % 2 === 0 ? keys : keys.toReversed();
        const writes = order.slice(0, 3).map((key): Write => ({ key, expect: "any", put: `${round}`, keep: "none" }));
        const reads = [
          { key: order[3] ?? "", expect: "any" },
          { range: { prefix: n % 2 === 0 ? "c/" : "d/", limit: 1 }, seen: [] },
        ] as const;
        return store.commit(commitOf(1, writes, { reads }));
      });
      expect((await Promise.all(commits)).map(({ kind }) => kind)).toEqual(Array(8).fill("committed"));
    }
    const { records } = await store.read(keys);
    expect(records.map((record) => record?.version)).toEqual([800, 1_600, 1_600, 800]);
  }, 60_000);

  test("commits of more keys than are locked one by one neither wait for ever nor lose anything", async () => {
    const store = await createPostgresStore({ url, schema: await freshSchema() });
    onTestFinished(() => store.close());
    await warmUp(store);
    const many = Array.from({ length: 250 }, (_, n): Write => ({ key: `a/${n}`, expect: "any", put: "{}" }));
    const commits = Array.from({ length: 20 }, (_, n) =>
      store.commit(commitOf(1, n % 4 === 0 ? many : many.slice(n, n + 2))),
    );
    expect((await Promise.all(commits)).map(({ kind }) => kind)).toEqual(Array(20).fill("committed"));
    const { records } = await store.read(["a/0", "a/249"]);
    expect(records.map((record) => record?.version)).toEqual([5, 5]);
  });
});

async function withBug(is: string, becomes: string): Promise<Store> {
  const schema = await freshSchema();
  const store = await createPostgresStore({ url, schema });
  onTestFinished(() => store.close());
  const functions = await query(
    `SELECT proname, pg_get_functiondef(p.oid) AS sql FROM pg_proc p
      WHERE pronamespace = $1::regnamespace AND proname = ANY ($2)`,
    [schema, [functionNames.commit, functionNames.commitOne]],
  );
  for (const { proname, sql } of functions) {
    const text = String(sql);
    expect(text).toContain(is);
    // The short way has no ranges.
    const planted = text.replace(
      is,
      proname === functionNames.commitOne ? becomes.replaceAll("cardinality(g_seen)", "0") : becomes,
    );
    await query(planted);
  }
  await warmUp(store);
  return store;
}

// One test of the suite, on a store that is emptied before each run.
function suiteTest(name: string, store: Store): () => Promise<void> {
  let found: (() => Promise<void>) | undefined;
  const kept: Store = { ...store, close: () => forgetAll(store) };
  storeSuite({
    clock: "own",
    open: async () => kept,
    test(title, run) {
      if (title === name) found = run;
    },
  });
  if (found === undefined) throw new Error(`The suite has no test "${name}".`);
  return found;
}

async function forgetAll(store: Store): Promise<void> {
  for (const prefix of ["a/", "x/", "y/"]) {
    const { records } = await store.list({ prefix, limit: 200, texts: false });
    const writes = records.map(({ key }): Write => ({ key, expect: "any", delete: "forget" }));
    await store.commit(commitOf(1, writes));
  }
}
