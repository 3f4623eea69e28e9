import { postgresUrl } from "@unclash/test-servers";
import pg from "pg";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createEmptiedSchema, type EmptiedSchema } from "./emptied-schema.test-support.js";
import { createPostgresStore } from "./store.js";
import { acknowledgedOf, commitOf, endedPool, lostOf, query } from "./store.test-support.js";

const url = postgresUrl ?? "";
const unknown = { name: "StoreError", outcome: "unknown", message: expect.stringContaining("transaction was open") };

/** How an app's code leaves a client behind: what it says before it releases it. */
const leftBehind: readonly (readonly [string, readonly string[]])[] = [
  ["BEGIN", ["BEGIN"]],
  ["BEGIN and a write", ["BEGIN", "CREATE TEMPORARY TABLE theirs (a integer)"]],
  ["a transaction that failed", ["BEGIN", "SELECT 1 / 0"]],
  ["BEGIN READ ONLY", ["BEGIN READ ONLY"]],
  ["BEGIN REPEATABLE READ, and a snapshot", ["BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT 1"]],
  ["BEGIN SERIALIZABLE, and a snapshot", ["BEGIN ISOLATION LEVEL SERIALIZABLE", "SELECT 1"]],
  ["a savepoint", ["BEGIN", "SAVEPOINT theirs"]],
];

/** Clients of `pg` before it had `getTransactionStatus`. */
class OldClient extends pg.Client {
  override readonly getTransactionStatus = undefined as never;
}

/** Clients that tell nothing of their transaction. */
class SilentClient extends pg.Client {
  override getTransactionStatus(): null {
    return null;
  }
}

/** Clients that always say that no transaction is open: as if nobody asked. */
class LyingClient extends pg.Client {
  override getTransactionStatus(): "I" {
    return "I";
  }
}

describe.skipIf(postgresUrl === undefined)("a client of the app's pool that is left within a transaction", () => {
  let place: EmptiedSchema;
  beforeAll(async () => {
    place = await createEmptiedSchema();
    return () => place.remove();
  });

  test.each(leftBehind)(
    "by %s loses nothing that was acknowledged, holds up nobody, and is closed",
    async (_, statements) => {
      const { pool, store } = await opened({ max: 3 });
      await leave(pool, statements);
      const acknowledged = await acknowledgedOf(store, "a", 20);
      expect(acknowledged).toHaveLength(20);
      expect((await store.read(["a/19"])).records).toMatchObject([{ version: 1 }]);
      expect(await openTransactions()).toBe(0);
      await pool.end();
      expect(await lostOf(place, acknowledged)).toEqual([]);
    },
  );

  test("the checker sees what is lost where no one asks for the status: a commit in a transaction", async () => {
    const { pool, store } = await opened({ max: 1, Client: LyingClient });
    await leave(pool, ["BEGIN"]);
    const acknowledged = await acknowledgedOf(store, "a", 5);
    await pool.end();
    expect(acknowledged).toHaveLength(5);
    expect(await lostOf(place, acknowledged)).toEqual(acknowledged);
  });

  test("so that its BEGIN arrives only after it was lent is not acknowledged, nor believed for a read", async () => {
    const { pool, store } = await opened({ max: 1 });
    const released = async (): Promise<void> => {
      const client = await pool.connect();
      client.query("BEGIN").catch(() => {});
      client.release();
    };
    await released();
    await expect(store.commit(commitOf(1, [{ key: "a/1", expect: "any", put: "{}" }]))).rejects.toMatchObject(unknown);
    await released();
    await expect(store.read(["a/1"])).rejects.toMatchObject({ ...unknown, outcome: "not-applied" });
    expect((await store.read(["a/1"])).records).toEqual([undefined]);
    expect(await acknowledgedOf(store, "b", 5)).toHaveLength(5);
    expect(await openTransactions()).toBe(0);
  });

  test("is told of once, by a warning", async () => {
    const warnings: unknown[] = [];
    const note = (warning: Error): void => {
      if (warning.name === "UnclashWarning") warnings.push("code" in warning && warning.code);
    };
    process.on("warning", note);
    onTestFinished(() => void process.off("warning", note));
    const { pool, store } = await opened({ max: 1 });
    for (let n = 0; n < 2; n++) {
      await leave(pool, ["BEGIN"]);
      await store.read(["a/1"]);
    }
    await new Promise(setImmediate);
    expect(warnings).toEqual(["UNCLASH_OPEN_TRANSACTION"]);
  });

  test("is found out with clients of an old pg too, and those that can't tell are refused at opening", async () => {
    const { pool, store } = await opened({ max: 3, Client: OldClient });
    await leave(pool, ["BEGIN"]);
    const acknowledged = await acknowledgedOf(store, "a", 20);
    // A client that the store has not met yet tells its status with the first answer.
    expect(acknowledged.length).toBeGreaterThanOrEqual(19);
    expect(await acknowledgedOf(store, "b", 5)).toHaveLength(5);
    await pool.end();
    expect(await lostOf(place, acknowledged)).toEqual([]);
    const silent = endedPool({ connectionString: url, Client: SilentClient });
    await expect(createPostgresStore({ pool: silent, schema: place.schema })).rejects.toThrow(
      /^pool must lend clients that tell whether a transaction is open/,
    );
  });

  test("as each is, by what the app does on connecting, is refused at opening, or by every call", async () => {
    const pool = endedPool({ connectionString: url, max: 2 });
    pool.on("connect", (client) => void client.query("BEGIN").catch(() => {}));
    const refused = { name: "StoreError", outcome: "not-applied" };
    await expect(createPostgresStore({ pool, schema: place.schema })).rejects.toMatchObject(refused);
    const { pool: later, store } = await opened({ max: 2, idleTimeoutMillis: 1 });
    later.on("connect", (client) => void client.query("BEGIN").catch(() => {}));
    await expect.poll(() => later.totalCount).toBe(0);
    expect(await acknowledgedOf(store, "a", 3)).toEqual([]);
    later.removeAllListeners("connect");
    expect(await acknowledgedOf(store, "a", 3)).toHaveLength(3);
  });

  async function opened(config: pg.PoolConfig) {
    await place.empty();
    const pool = endedPool({ connectionString: url, application_name: place.schema, ...config });
    const store = await createPostgresStore({ pool, schema: place.schema, notifications: false, migrate: false });
    return { pool, store };
  }

  async function openTransactions(): Promise<unknown> {
    const [row] = await query(
      "SELECT count(*)::integer AS n FROM pg_stat_activity WHERE application_name = $1 AND state LIKE 'idle " +
        "in transaction%'",
      [place.schema],
    );
    return row?.["n"];
  }
});

async function leave(pool: pg.Pool, statements: readonly string[]): Promise<void> {
  const client = await pool.connect();
  for (const statement of statements) await client.query(statement).catch(() => {});
  client.release();
}
