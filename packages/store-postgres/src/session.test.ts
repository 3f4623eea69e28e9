import { postgresUrl } from "@unclash/test-servers";
import type pg from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { createEmptiedSchema, type EmptiedSchema } from "./emptied-schema.test-support.js";
import { createPostgresStore } from "./store.js";
import { acknowledgedOf, commitOf, endedPool, query } from "./store.test-support.js";

const url = postgresUrl ?? "";
const put = (text: string) => commitOf(1, [{ key: "a/1", expect: "any", put: text }]);

describe.skipIf(postgresUrl === undefined)("a session of the app's pool whose settings were changed", () => {
  let place: EmptiedSchema;
  beforeAll(async () => {
    place = await createEmptiedSchema();
    return () => place.remove();
  });

  test.each([
    "SET default_transaction_isolation = 'repeatable read'",
    "SET default_transaction_isolation = 'serializable'",
    "SET default_transaction_read_only = on",
    "SET ROLE pg_monitor",
    "SET client_encoding = 'LATIN1'",
    "SET array_nulls = off",
  ])("by %s writes nothing, and is closed: the next commit has a new one", async (statement) => {
    const { pool, store } = await opened();
    await pool.query(statement);
    await expect(store.commit(put('"é"'))).rejects.toMatchObject({ name: "StoreError", outcome: "not-applied" });
    expect(await store.commit(put('"é"'))).toMatchObject({ kind: "committed" });
    expect((await store.read(["a/1"])).records).toMatchObject([{ version: 1, text: '"é"' }]);
  });

  describe.each(["LATIN1", "SQL_ASCII", "EUC_JP"])("so that it would send texts as %s", (encoding) => {
    // A euro sign can not be sent as LATIN1 at all.
    test.each(['"plain"', '"é"', '"€"'])("reads nothing of %s, and is closed", async (text) => {
      const { pool, store } = await opened();
      await store.commit(put(text));
      const calls = [
        () => store.read(["a/1"]),
        () => store.list({ prefix: "a/", limit: 9 }),
        () => store.history("a/1", { limit: 9, texts: true }),
      ];
      for (const call of calls) {
        await pool.query(`SET client_encoding = '${encoding}'`);
        await expect(call()).rejects.toMatchObject({ name: "StoreError", outcome: "not-applied" });
        expect((await call()).records).toMatchObject([{ text }]);
      }
    });

    test("finds no key absent that is there", async () => {
      const { pool, store } = await opened();
      await store.commit(commitOf(1, [{ key: "a/é", expect: "any", put: "1" }]));
      for (const call of [() => store.read(["a/é"]), () => store.history("a/é", { limit: 9, texts: true })]) {
        await pool.query(`SET client_encoding = '${encoding}'`);
        await expect(call()).rejects.toMatchObject({ name: "StoreError", outcome: "not-applied" });
        await pool.query("RESET client_encoding");
        expect((await call()).records).toMatchObject([{ text: "1" }]);
      }
    });
  });

  test.each([
    "SET search_path = pg_temp",
    "SET lock_timeout = 1",
    "SET enable_indexscan = off",
    "SET row_security = off",
    "SET DateStyle = 'German'",
    "SET standard_conforming_strings = off",
  ])("by %s serves as well", async (statement) => {
    const { pool, store } = await opened();
    await pool.query(statement);
    expect(await acknowledgedOf(store, "a", 3)).toHaveLength(3);
    expect((await store.list({ prefix: "a/", limit: 9 })).records).toHaveLength(3);
  });

  test.each([
    ["on", "off", "on"],
    ["on", "local", "on"],
    ["on", "remote_apply", "remote_apply"],
    ["off", "off", "off"],
    ["off", "on", "on"],
  ])(
    "a store that was opened with synchronous_commit = %s commits, in a session that was set to %s, with %s",
    async (atOpening, later, expected) => {
      const { pool, store } = await opened({ options: `-c synchronous_commit=${atOpening}` });
      const seen = `"${place.schema}".seen`;
      await query(`CREATE TABLE ${seen} (setting text);
        CREATE FUNCTION ${seen}() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN INSERT INTO ${seen} VALUES (current_setting('synchronous_commit')); RETURN new; END $$;
        CREATE TRIGGER seen BEFORE INSERT OR UPDATE ON "${place.schema}".head FOR EACH ROW EXECUTE FUNCTION ${seen}()`);
      try {
        await pool.query(`SET synchronous_commit = ${later}`);
        const first = put("1");
        await store.commit(first);
        await store.commit(commitOf(1, [{ key: "a/1", expect: { tag: first.tag }, put: "2" }]));
        expect(await query(`SELECT DISTINCT setting FROM ${seen}`)).toEqual([{ setting: expected }]);
      } finally {
        await query(`DROP TRIGGER seen ON "${place.schema}".head; DROP FUNCTION ${seen}(); DROP TABLE ${seen}`);
      }
    },
  );

  test("that has forgotten its prepared statements is closed", async () => {
    const { pool, store } = await opened({}, true);
    await store.read(["a/1"]);
    await pool.query("DISCARD ALL");
    await expect(store.read(["a/1"])).rejects.toMatchObject({ name: "StoreError", outcome: "not-applied" });
    expect((await store.read(["a/1"])).records).toEqual([undefined]);
  });

  async function opened(config: pg.PoolConfig = {}, preparedStatements = false) {
    await place.empty();
    const pool = endedPool({ connectionString: url, max: 1, ...config });
    const { schema } = place;
    return { pool, store: await createPostgresStore({ pool, schema, migrate: false, preparedStatements }) };
  }
});

test.skipIf(postgresUrl === undefined)(
  "a pool whose sessions speak another encoding is refused at opening",
  async () => {
    const pool = endedPool({ connectionString: url });
    pool.on("connect", (client) => void client.query("SET client_encoding = 'LATIN1'"));
    await expect(createPostgresStore({ pool })).rejects.toThrow(/client_encoding is UTF8, not LATIN1/);
  },
);
