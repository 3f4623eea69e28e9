import { ConfigurationError, StoreError } from "@unclash/core";
import { postgresBinaries, postgresUrl, startPostgres } from "@unclash/test-servers";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { migratePostgres, postgresMigration } from "./migration.js";
import { createPostgresStore } from "./store.js";
import { commitOf, freshSchema, nextTag, query } from "./store.test-support.js";

const url = postgresUrl ?? "";
const write = { key: "a/1", expect: "absent", put: "{}" } as const;

describe.skipIf(postgresUrl === undefined)("opening", () => {
  test("eight that open at once make one schema, and find what the others write", async () => {
    const schema = await freshSchema();
    const stores = await Promise.all(
      Array.from({ length: 8 }, () => createPostgresStore({ url, schema, poolSize: 2 })),
    );
    const results = await Promise.all(stores.map((store) => store.commit(commitOf(1, [write]))));
    expect(results.map(({ kind }) => kind).sort()).toEqual([...Array(7).fill("clash"), "committed"]);
    await Promise.all(stores.map((store) => store.close()));
  });

  test("stores in two schemas share nothing", async () => {
    const stores = await Promise.all(
      [await freshSchema(), await freshSchema()].map((schema) => createPostgresStore({ url, schema })),
    );
    const results = await Promise.all(stores.map((store) => store.commit(commitOf(1, [write]))));
    expect(results.map(({ kind }) => kind)).toEqual(["committed", "committed"]);
    await Promise.all(stores.map((store) => store.close()));
  });

  test("an ordinary role that may create in the database needs nothing else", async () => {
    const { roleUrl, role } = await ordinaryRole();
    await query(`GRANT CREATE ON DATABASE "${databaseOf(url)}" TO "${role}"`);
    const schema = await freshSchema();
    const store = await createPostgresStore({ url: roleUrl, schema });
    onTestFinished(() => query(`REVOKE CREATE ON DATABASE "${databaseOf(url)}" FROM "${role}"`).then(() => {}));
    expect((await store.commit(commitOf(1, [write], { events: [{ type: "t", key: "a/1" }] }))).kind).toBe("committed");
    const seen = store.follow("start", new AbortController().signal)[Symbol.asyncIterator]();
    expect((await seen.next()).value).toMatchObject({ type: "t" });
    // By the commit's time the event is very old.
    expect(await store.clean(10)).toEqual({ removed: 1, more: false });
    await store.close();
    await query(`DROP SCHEMA "${schema}" CASCADE`);
  });

  test("so does one that owns a schema which is there", async () => {
    const { roleUrl, role } = await ordinaryRole();
    const schema = await freshSchema();
    await query(`CREATE SCHEMA "${schema}" AUTHORIZATION "${role}"`);
    const store = await createPostgresStore({ url: roleUrl, schema });
    expect((await store.commit(commitOf(1, [write]))).kind).toBe("committed");
    await store.close();
    await query(`DROP SCHEMA "${schema}" CASCADE`);
  });

  test("a role that may not migrate uses what another migrated, with the rights that the README grants", async () => {
    const { roleUrl, role } = await ordinaryRole();
    const schema = await freshSchema();
    await expect(createPostgresStore({ url: roleUrl, schema })).rejects.toThrow(ConfigurationError);
    await expect(createPostgresStore({ url: roleUrl, schema, migrate: false })).rejects.toThrow(/must be migrated/);
    await migratePostgres({ url, schema });
    await query(`GRANT USAGE ON SCHEMA "${schema}" TO "${role}";
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "${schema}" TO "${role}";
      GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA "${schema}" TO "${role}";`);
    for (const migrate of [false, true]) {
      const store = await createPostgresStore({ url: roleUrl, schema, migrate });
      const event = { type: "t", key: "a/1" };
      await store.commit(commitOf(1, [{ key: "a/1", expect: "any", put: "{}" }], { events: [event] }));
      const seen = store.follow("start", new AbortController().signal)[Symbol.asyncIterator]();
      expect((await seen.next()).value).toMatchObject(event);
      await store.clean(10);
      await store.close();
    }
    await query(`DROP SCHEMA "${schema}" CASCADE`);
  });

  test("the script for a DBA makes what opening makes", async () => {
    const [byHand, byItself] = [await freshSchema(), await freshSchema()];
    await query(postgresMigration(byHand));
    const store = await createPostgresStore({ url, schema: byHand, migrate: false });
    expect((await store.commit(commitOf(1, [write]))).kind).toBe("committed");
    await store.close();
    await migratePostgres({ url, schema: byItself });
    expect(await relationsOf(byHand)).toEqual(await relationsOf(byItself));
  });

  test("a schema of a newer release is refused", async () => {
    const schema = await freshSchema();
    await migratePostgres({ url, schema });
    await query(`INSERT INTO "${schema}".migration (version) VALUES (1000)`);
    for (const migrate of [false, true]) {
      await expect(createPostgresStore({ url, schema, migrate })).rejects.toThrow(/newer release/);
    }
  });

  test("sessions that are not read committed are refused: at first, and should one become so later", async () => {
    const schema = await freshSchema();
    const strict = new pg.Pool({ connectionString: url, options: "-c default_transaction_isolation=serializable" });
    onTestFinished(() => strict.end());
    await expect(createPostgresStore({ pool: strict, schema })).rejects.toThrow(/read committed/);
    const pool = new pg.Pool({ connectionString: url, max: 2 });
    onTestFinished(() => pool.end());
    const store = await createPostgresStore({ pool, schema });
    await pool.query("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    await expect(store.commit(commitOf(1, [write]))).rejects.toMatchObject({
      name: "StoreError",
      outcome: "not-applied",
    });
    await store.close();
  });

  test.skipIf(postgresBinaries() === undefined)(
    "capabilities say what the server's settings promise, and what the options say of failovers",
    async () => {
      const durable = await startPostgres({ settings: { fsync: "on" } });
      onTestFinished(() => durable.remove());
      const store = await createPostgresStore({ url: durable.url });
      expect(store.capabilities).toEqual({ durability: "fsync", failover: "safe", processes: "many" });
      await store.close();
      const pool = new pg.Pool({ connectionString: durable.url, options: "-c synchronous_commit=off" });
      const lossy = await createPostgresStore({ pool, failover: "lossy" });
      expect(lossy.capabilities).toEqual({ durability: "process", failover: "lossy", processes: "many" });
      await lossy.close();
      await pool.end();
    },
  );

  test("a user's pool may read numbers in a way of its own, and stays open", async () => {
    const types = { getTypeParser: () => (): string => "nonsense" };
    const pool = new pg.Pool({ connectionString: url, types: types as unknown as pg.CustomTypesConfig });
    onTestFinished(() => pool.end());
    const store = await createPostgresStore({ pool, schema: await freshSchema() });
    await store.commit(commitOf(1, [write]));
    expect((await store.read(["a/1"])).records[0]).toMatchObject({ version: 1, createdAt: 1, text: "{}" });
    await store.close();
    expect((await pool.query("SELECT 1")).rowCount).toBe(1);
  });

  test.each([
    ["no such database", () => Object.assign(new URL(url), { pathname: "/not_there" }).href],
    ["no such role", () => Object.assign(new URL(url), { username: "not_there" }).href],
    ["a port that is none", () => "postgres://me:secret@localhost:port/app"],
  ])("%s: the option at fault is named", async (_, wrong) => {
    const connectionString = wrong();
    const pool = new pg.Pool({ connectionString });
    onTestFinished(() => pool.end());
    const refused = { code: "ERR_UNCLASH_CONFIGURATION", message: expect.not.stringContaining("secret") };
    await expect(createPostgresStore({ url: connectionString })).rejects.toMatchObject({ ...refused, option: "url" });
    await expect(createPostgresStore({ pool })).rejects.toMatchObject({ ...refused, option: "pool" });
  });

  test("a server that can't be reached is a StoreError; a commit prepared by name is as any other", async () => {
    await expect(createPostgresStore({ url: "postgres://127.0.0.1:1/none" })).rejects.toThrow(StoreError);
    const store = await createPostgresStore({ url, schema: await freshSchema(), preparedStatements: true });
    for (let n = 0; n < 3; n++) {
      await store.commit({ ...commitOf(1, [{ key: `a/${n}`, expect: "absent", put: "{}" }]), tag: nextTag() });
    }
    expect((await store.list({ prefix: "a/", limit: 9 })).records).toHaveLength(3);
    await store.close();
  });
});

describe.skipIf(postgresUrl === undefined)("names", () => {
  test("a longest schema leaves the names of prepared statements apart", async () => {
    const schema = `${await freshSchema()}_${"x".repeat(48)}`.slice(0, 48);
    onTestFinished(() => query(`DROP SCHEMA "${schema}" CASCADE`).then(() => {}));
    const store = await createPostgresStore({ url, schema, preparedStatements: true, poolSize: 1 });
    onTestFinished(() => store.close());
    const first = commitOf(1, [write]);
    await store.commit(first);
    const over = commitOf(1, [{ ...write, expect: { tag: first.tag } }]);
    expect((await store.commit(over)).kind).toBe("committed");
  });

  test("what others put on the search_path is not taken for PostgreSQL's own", async () => {
    const [schema, others] = [await freshSchema(), await freshSchema()];
    const pool = new pg.Pool({ connectionString: url, options: `-c search_path=${others}` });
    onTestFinished(() => pool.end());
    const store = await createPostgresStore({ pool, schema });
    onTestFinished(() => store.close());
    const body = "LANGUAGE plpgsql AS $$ BEGIN RAISE 'run as %', current_user; END $$";
    await query(`CREATE SCHEMA "${others}";
      CREATE FUNCTION "${others}".unnest(bigint[]) RETURNS SETOF bigint ${body};
      CREATE FUNCTION "${others}".unnest(text[]) RETURNS SETOF text ${body};
      CREATE FUNCTION "${others}".cardinality(text[]) RETURNS integer ${body};
      CREATE FUNCTION "${others}".times(double precision, integer) RETURNS double precision ${body};
      CREATE OPERATOR "${others}".* (LEFTARG = double precision, RIGHTARG = integer, FUNCTION = "${others}".times)`);
    await store.commit(commitOf(1, [write], { events: [{ type: "t", key: "a/1" }] }));
    expect((await store.list({ prefix: "a/", limit: 1 })).records).toEqual((await store.read(["a/1"])).records);
    expect((await store.history("a/1", { limit: 1, texts: true })).records).toHaveLength(1);
    const events = store.follow("start", new AbortController().signal)[Symbol.asyncIterator]();
    expect((await events.next()).value).toMatchObject({ type: "t" });
    await events.return?.();
    await store.clean(1);
  });
});

async function ordinaryRole(): Promise<{ readonly role: string; readonly roleUrl: string }> {
  const role = `role_${nextTag().replace(/\W/g, "").toLowerCase()}`;
  await query(`CREATE ROLE "${role}" LOGIN PASSWORD 'secret'`);
  onTestFinished(() => query(`DROP OWNED BY "${role}" CASCADE; DROP ROLE "${role}"`).then(() => {}));
  const roleUrl = new URL(url);
  roleUrl.username = role;
  roleUrl.password = "secret";
  return { role, roleUrl: roleUrl.href };
}

function databaseOf(address: string): string {
  return new URL(address).pathname.slice(1);
}

async function relationsOf(schema: string): Promise<unknown> {
  return query(
    `SELECT relname, relkind FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind <> 'p'
      AND relname !~ '^pg_toast' ORDER BY relname`,
    [schema],
  );
}
