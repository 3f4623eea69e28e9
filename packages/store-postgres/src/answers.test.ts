import type { Store } from "@unclash/core/store";
import { postgresUrl } from "@unclash/test-servers";
import { beforeAll, describe, expect, test } from "vitest";
import type { PostgresResult } from "./driver.js";
import { createEmptiedSchema, type EmptiedSchema } from "./emptied-schema.test-support.js";
import { createPostgresStore } from "./store.js";
import { commitOf, endedPool } from "./store.test-support.js";

const url = postgresUrl ?? "";

type Change = (result: PostgresResult) => unknown;

const rowsBy = (change: (rows: unknown[]) => unknown): Change => {
  return (result) => ({ ...result, rows: change(result.rows) });
};
const valuesBy = (change: (value: unknown) => unknown): Change =>
  rowsBy((rows) => rows.map((row) => (Array.isArray(row) ? row.map(change) : row)));

/** What a pool may do to answers, by its settings, by plugins, or by whoever wrapped it. */
const changes: readonly (readonly [string, Change])[] = [
  ["rows are objects", rowsBy((rows) => rows.map((row) => ({ ...Object(row) })))],
  ["no rows come", rowsBy(() => [])],
  ["no rows come, and none are counted", (result) => ({ ...result, rows: [], rowCount: 0 })],
  ["the first row is missing", (result) => ({ rows: result.rows.slice(1) })],
  ["the last row is missing", (result) => ({ rows: result.rows.slice(0, -1) })],
  ["only the last row comes", (result) => ({ rows: result.rows.slice(-1) })],
  ["rows come in another order", (result) => ({ rows: [...result.rows].reverse() })],
  ["rows come twice", (result) => ({ rows: [...result.rows, ...result.rows] })],
  ["numbers are numbers", valuesBy((value) => (/^-?\d+$/.test(`${value}`) ? Number(value) : value))],
  ["texts are buffers", valuesBy((value) => (typeof value === "string" ? Buffer.from(value) : value))],
  ["null is undefined", valuesBy((value) => value ?? undefined)],
  ["null is left out", rowsBy((rows) => rows.map((row) => (Array.isArray(row) ? row.filter((v) => v !== null) : row)))],
  ["rows have fewer columns", rowsBy((rows) => rows.map((row) => (Array.isArray(row) ? row.slice(0, 4) : row)))],
  ["digits are garbled", valuesBy((value) => (typeof value === "string" ? value.replace(/\d/g, "\u0000") : value))],
  ["texts are empty", valuesBy((value) => (value === null ? null : ""))],
  ["the rows alone come", ({ rows }) => rows],
  ["nothing comes", () => undefined],
];

describe.skipIf(postgresUrl === undefined)("a pool that changes answers", () => {
  let place: EmptiedSchema;
  beforeAll(async () => {
    place = await createEmptiedSchema();
    return () => place.remove();
  });

  test.each(changes)("so that %s is refused at opening", async (name, change) => {
    const { pool } = changingPool(change);
    const opening = createPostgresStore({ pool, schema: place.schema, migrate: false });
    // One row is in no order, and first and last.
    if (name.includes("order") || name.includes("only the last")) return void (await (await opening).close());
    await expect(opening).rejects.toMatchObject({ option: "pool" });
  });

  test.each(changes)(
    "later, so that %s, is believed in nothing, and is used again once it changes no more",
    async (_, change) => {
      await place.empty();
      const { pool, plan } = changingPool(undefined);
      const store = await createPostgresStore({ pool, schema: place.schema, migrate: false, notifications: false });
      const [first, second] = ["a/1", "a/2"].map((key) => commitOf(1, [{ key, expect: "absent", put: "{}" }]));
      for (const commit of [first, second]) if (commit !== undefined) await store.commit(commit);
      const truth = await answersOf(store, first?.tag ?? "");
      plan.change = change;
      const told = await answersOf(store, first?.tag ?? "");
      for (const [call, answer] of Object.entries(told))
        expect([answer, "StoreError"], call).toContainEqual(truthOr(call));
      plan.change = undefined;
      expect(await answersOf(store, first?.tag ?? "")).toEqual(truth);

      function truthOr(call: string): unknown {
        const answer = told[call];
        return answer === "StoreError" ? "StoreError" : truth[call];
      }
    },
  );

  test("in binary is refused at opening, and believed in nothing where a client becomes so", async () => {
    const binary = endedPool(Object.assign({ connectionString: url }, { binary: true }));
    await expect(createPostgresStore({ pool: binary, schema: place.schema })).rejects.toThrow(/^pool .*binary: true/);
    await place.empty();
    const pool = endedPool({ connectionString: url, max: 1 });
    const store = await createPostgresStore({ pool, schema: place.schema, migrate: false });
    await store.commit(commitOf(1, [{ key: "a/1", expect: "absent", put: "{}" }]));
    const client = await pool.connect();
    Object.assign(client, { binary: true });
    client.release();
    const clash = commitOf(1, [{ key: "a/1", expect: "absent", put: "{}" }]);
    await expect(store.commit(clash)).rejects.toMatchObject({ name: "StoreError", outcome: "unknown" });
    expect(await store.commit(clash)).toMatchObject({ kind: "clash" });
  });

  function changingPool(change: Change | undefined) {
    const plan: { change: Change | undefined } = { change };
    const pool = endedPool({ connectionString: url });
    pool.on("connect", (client) => {
      const query = client.query.bind(client);
      const changed = async (config: string): Promise<unknown> => {
        const result = await query(config);
        return plan.change === undefined ? result : plan.change(result);
      };
      Object.assign(client, { query: changed });
    });
    return { pool, plan };
  }
});

/**
 * What the store says to each kind of call, in a state in which each has something to say. Nothing is changed by them.
 */
async function answersOf(store: Store, tag: string): Promise<Record<string, unknown>> {
  const put = { put: "{}" } as const;
  const calls: Record<string, () => Promise<unknown>> = {
    absentClashes: () => store.commit(commitOf(1, [{ key: "a/1", expect: "absent", ...put }])),
    staleClashes: () => store.commit(commitOf(1, [{ key: "a/1", expect: { tag: "stale" }, ...put }])),
    readingClashes: () => store.commit(commitOf(1, [], { reads: [{ key: "a/1", expect: "absent" }] })),
    readingHolds: () => store.commit(commitOf(1, [], { reads: [{ key: "a/1", expect: { tag } }] })),
    read: async () => (await store.read(["a/1", "a/2", "a/3"])).records,
    list: async () => (await store.list({ prefix: "a/", limit: 9 })).records,
    history: async () => (await store.history("a/1", { limit: 9, texts: true })).records,
  };
  const answers: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(calls)) {
    answers[name] = await call().catch((error: unknown) => (error instanceof Error ? error.name : error));
  }
  return answers;
}
