import { createServer, type Server, type Socket } from "node:net";
import type { Store } from "@unclash/core/store";
import { type PostgresServer, postgresUrl, startPostgres } from "@unclash/test-servers";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { leavesConnectionUsable, sentError } from "./failure.js";
import { LockNumbers } from "./locks.js";
import type { PostgresStoreOptions } from "./options.js";
import { createPostgresStore } from "./store.js";
import { commitOf, freshSchema, query } from "./store.test-support.js";

const notApplied = { name: "StoreError", outcome: "not-applied" };
const unknown = { name: "StoreError", outcome: "unknown" };
const put = (key: string) => commitOf(1, [{ key, expect: "any", put: "{}" }]);

describe.skipIf(postgresUrl === undefined)("where the server fails", () => {
  test("a commit that waits for a lock too long is given up by the server: nothing was written", async () => {
    // The server gives up a tenth of this before the store does: half a second, for a machine that does other things.
    const { store, schema } = await opened({ timeoutMs: 5_000 });
    const other = await holding(`SELECT pg_advisory_xact_lock(${new LockNumbers(schema).key("a/1")})`);
    await expect(store.commit(put("a/1"))).rejects.toMatchObject(notApplied);
    await other.query("ROLLBACK");
    expect((await store.commit(put("a/1"))).kind).toBe("committed");
    expect((await store.read(["a/1"])).records[0]?.version).toBe(1);
  });

  test("a commit that was not answered in time is unknown, and its connection serves nobody else", async () => {
    const { store, schema } = await opened({ timeoutMs: 1_500, poolSize: 1 });
    onTestFinished(async () => {
      await query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'");
    });
    await query(`CREATE FUNCTION "${schema}".slowly() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF new.key = 'slow' THEN PERFORM pg_sleep(600); END IF; RETURN new; END $$;
      CREATE TRIGGER slowly BEFORE INSERT ON "${schema}".head FOR EACH ROW EXECUTE FUNCTION "${schema}".slowly()`);
    await expect(store.commit(put("slow"))).rejects.toMatchObject(unknown);
    expect((await store.commit(put("quick"))).kind).toBe("committed");
  });

  test("a read that gets no answer in time has written nothing", async () => {
    const { store, schema } = await opened({ timeoutMs: 1_000 });
    const other = await holding(`LOCK TABLE "${schema}".head`);
    await expect(store.read(["a/1"])).rejects.toMatchObject(notApplied);
    await other.query("ROLLBACK");
    expect((await store.read(["a/1"])).records).toEqual([undefined]);
  });

  test("a connection that the server ends while a commit waits leaves it unknown; the next is a new one", async () => {
    const { store, schema } = await opened({});
    const other = await holding(`LOCK TABLE "${schema}".head`);
    const commit = store.commit(put("a/1"));
    commit.catch(() => {});
    const end =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1";
    await expect.poll(async () => (await query(end, [`%"${schema}".commit%`])).length).toBe(1);
    await expect(commit).rejects.toMatchObject(unknown);
    await other.query("ROLLBACK");
    expect((await store.commit(put("a/1"))).kind).toBe("committed");
  });

  test("what the server refuses for the statement alone leaves its connection in use", async () => {
    const pool = new pg.Pool({ connectionString: postgresUrl, max: 2 });
    onTestFinished(() => pool.end());
    const { store, schema } = await opened({ pool, notifications: false });
    const before = await pool.query("SELECT pg_backend_pid() AS pid");
    await query(`ALTER TABLE "${schema}".head ADD CONSTRAINT never CHECK (key <> 'never')`);
    await expect(store.commit(put("never"))).rejects.toMatchObject(notApplied);
    expect((await pool.query("SELECT pg_backend_pid() AS pid")).rows).toEqual(before.rows);
  });

  test("calls that find no connection wait, in their order, and more than may wait are refused at once", async () => {
    const { store, schema } = await opened({ poolSize: 1, queueMax: 2 });
    const other = await holding(`LOCK TABLE "${schema}".head`);
    const [first, second, third] = [store.read(["a/1"]), store.read(["a/2"]), store.read(["a/3"])];
    await expect(store.read(["a/4"])).rejects.toMatchObject(notApplied);
    await other.query("ROLLBACK");
    expect((await Promise.all([first, second, third])).map(({ records }) => records)).toEqual(
      Array(3).fill([undefined]),
    );
  });

  test("closing waits for what is under way", async () => {
    const { store, schema } = await opened({});
    const other = await holding(`LOCK TABLE "${schema}".head`);
    const commit = store.commit(put("a/1"));
    const closed = store.close();
    await expect(store.read([])).rejects.toMatchObject(notApplied);
    await other.query("ROLLBACK");
    expect((await commit).kind).toBe("committed");
    await closed;
  });

  test("closing does not wait for a connection that the user's pool still owes", async () => {
    const pool = new pg.Pool({ connectionString: postgresUrl, max: 1 });
    onTestFinished(() => pool.end());
    await pool.query("SELECT 1");
    const { store } = await opened({ pool, timeoutMs: 1_000 });
    const lent = await pool.connect();
    onTestFinished(() => lent.release());
    await expect(store.read(["a/1"])).rejects.toMatchObject(notApplied);
    await store.close();
  });

  test("a server that takes connections and says nothing is given up", async () => {
    const port = await silentServer();
    const options = { url: `postgres://root@127.0.0.1:${port}/none`, timeoutMs: 200 };
    await expect(createPostgresStore(options)).rejects.toMatchObject(notApplied);
  });
});

test.each([
  ["the server's word about the statement", "ERROR", "40P01", "not-applied"],
  ["the server's last word", "FATAL", "57P01", "unknown"],
  ["that of PgBouncer before 1.16 about a server that crashed", "ERROR", "08P01", "unknown"],
  ["that of Odyssey about a server that it lost", "ERROR", "08006", "unknown"],
])("%s, %s %s, leaves a commit %s, and its connection as much in doubt", (_, severity, code, outcome) => {
  const error = Object.assign(new Error("failed"), { severity, code });
  expect(sentError(error).outcome).toBe(outcome);
  expect(leavesConnectionUsable(error)).toBe(outcome === "not-applied");
});

describe.skipIf(postgresUrl === undefined)("where the server goes and comes back", () => {
  test.each(["SIGINT", "SIGQUIT"] as const)(
    "after %s, calls fail within their time, and the store and its followers recover by themselves",
    async (signal) => {
      const server = await startPostgres();
      onTestFinished(() => server.remove());
      const store = await createPostgresStore({ url: server.url, timeoutMs: 1_000 });
      onTestFinished(() => store.close());
      const events = [{ type: "t", key: "a/1" }];
      await store.commit({ ...put("a/1"), events });
      const controller = new AbortController();
      onTestFinished(() => controller.abort());
      const seen = store.follow("start", controller.signal)[Symbol.asyncIterator]();
      const first = (await seen.next()).value;
      const next = seen.next();
      next.catch(() => {});
      await server.stop(signal);
      await expect(store.commit(put("a/1"))).rejects.toMatchObject({ name: "StoreError" });
      await expect(store.read(["a/1"])).rejects.toMatchObject(notApplied);
      await expect(next).rejects.toMatchObject({ name: "StoreError" });
      await server.start();
      await expect
        .poll(() => store.commit({ ...put("a/2"), events }).then(({ kind }) => kind, String))
        .toBe("committed");
      expect((await store.read(["a/1"])).records[0]?.version).toBe(1);
      const again = store.follow(first !== undefined && "cursor" in first ? first.cursor : "", controller.signal);
      expect((await again[Symbol.asyncIterator]().next()).value).toMatchObject({
        revision: expect.any(Number),
        type: "t",
      });
    },
    60_000,
  );

  test("what a server wrote to a full disk, or may not write at all, is refused and not unknown", async () => {
    const server: PostgresServer = await startPostgres();
    onTestFinished(() => server.remove());
    const store = await createPostgresStore({ url: server.url });
    onTestFinished(() => store.close());
    await query("ALTER SYSTEM SET default_transaction_read_only = on", [], server.url);
    await query("SELECT pg_reload_conf()", [], server.url);
    await expect
      .poll(() =>
        store.commit(put("a/1")).then(
          ({ kind }) => kind,
          (error) => error.outcome,
        ),
      )
      .toBe("not-applied");
    expect((await store.read(["a/1"])).now).toBeGreaterThan(0);
  }, 60_000);
});

async function opened(
  options: Partial<PostgresStoreOptions>,
): Promise<{ readonly store: Store; readonly schema: string }> {
  const schema = await freshSchema();
  const source = options.pool === undefined ? { url: postgresUrl ?? "" } : { pool: options.pool };
  const { pool: _, url: __, poolSize, ...settings } = options;
  const size = options.pool === undefined && poolSize !== undefined && { poolSize };
  const store = await createPostgresStore({ ...source, ...size, ...settings, schema } as PostgresStoreOptions);
  onTestFinished(() => store.close());
  return { store, schema };
}

// A transaction of somebody else's that stays open.
async function holding(sql: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query("BEGIN");
  await client.query(sql);
  return client;
}

async function silentServer(): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
