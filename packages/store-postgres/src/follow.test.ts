import type { Commit, Reset, Store, StoredEvent } from "@unclash/core/store";
import { postgresUrl } from "@unclash/test-servers";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { commitValues } from "./commit.js";
import { type Row, rowsOf } from "./driver.js";
import { eventsQuery, placeOf } from "./follow.js";
import { LockNumbers } from "./locks.js";
import { Statements } from "./statements.js";
import { createPostgresStore } from "./store.js";
import { commitOf, freshSchema, query } from "./store.test-support.js";

describe.skipIf(postgresUrl === undefined)("following", () => {
  test("a commit that took its revision first and ended last is waited for, and comes first", async () => {
    const { store, schema } = await opened();
    const late = await beginLate(schema, announcing("late"));
    await store.commit(announcing("early"));
    const seen = follower(store);
    expect(await eventsNow(schema)).toEqual([]);
    await store.commit(announcing("third"));
    expect(await eventsNow(schema)).toEqual([]);
    await late.query("COMMIT");
    expect(await take(seen, 3)).toEqual(["late", "early", "third"]);
  });

  test("a follower that trusts the newest revision misses the late commit: the test before would see it", async () => {
    const { store, schema } = await opened();
    await plant(schema, "v_horizon := v_last;", "events");
    const late = await beginLate(schema, announcing("late"));
    await store.commit(announcing("early"));
    expect(await eventsNow(schema)).toEqual(["early"]);
    await late.query("COMMIT");
    const seen = follower(
      store,
      (await store.follow("now", new AbortController().signal)[Symbol.asyncIterator]().next()).value,
    );
    await store.commit(announcing("third"));
    expect(await take(seen, 1)).toEqual(["third"]);
  });

  test("of several that are late, the first holds up those behind it, and one that is rolled back nobody", async () => {
    const { store, schema } = await opened();
    await store.commit(announcing("first"));
    const second = await beginLate(schema, announcing("second"));
    const third = await beginLate(schema, announcing("third"));
    await store.commit(announcing("fourth"));
    expect(await eventsNow(schema)).toEqual(["first"]);
    await third.query("COMMIT");
    expect(await eventsNow(schema)).toEqual(["first"]);
    await second.query("ROLLBACK");
    expect(await eventsNow(schema)).toEqual(["first", "third", "fourth"]);
  });

  test("the place to go on from lies before a late commit", async () => {
    const { store, schema } = await opened();
    await store.commit(announcing("first"));
    const late = await beginLate(schema, announcing("late"));
    await store.commit(announcing("early"));
    const seen = store.follow("now", new AbortController().signal)[Symbol.asyncIterator]();
    expect(Object.keys((await seen.next()).value ?? {})).toEqual(["reset"]);
    await late.query("COMMIT");
    expect(await take(seen, 2)).toEqual(["late", "early"]);
  });

  test("transactions left open in another database, and by others in the same one, delay no follower", async () => {
    const { store, schema } = await opened();
    const other = new URL(postgresUrl ?? "");
    other.pathname = "/template1";
    for (const url of [other.href, postgresUrl]) {
      const idle = await connected(url);
      await idle.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
      await idle.query("SELECT count(*), pg_current_xact_id() FROM pg_class");
    }
    await store.commit(announcing("first"));
    await store.commit(announcing("second"));
    expect(await eventsNow(schema)).toEqual(["first", "second"]);
  });

  test("a late commit to a store in another schema delays no follower of this one", async () => {
    const { schema: other } = await opened();
    const { store, schema } = await opened();
    await beginLate(other, announcing("late"));
    await store.commit(announcing("first"));
    expect(await eventsNow(schema)).toEqual(["first"]);
  });

  test("the last revision that was taken counts, also where its number no longer fits into 31 bits", async () => {
    const { store, schema } = await opened();
    for (const last of [2 ** 31 - 2, 2 ** 32 - 2, 5 * 2 ** 31 - 1]) {
      await query(`SELECT setval('"${schema}".revisions', ${last})`);
      const before = await eventsNow(schema);
      const late = await beginLate(schema, announcing(`late ${last}`));
      for (let n = 0; n < 3; n++) await store.commit(announcing(`early ${n} ${last}`));
      expect(await eventsNow(schema)).toEqual(before);
      await late.query("COMMIT");
      expect(await eventsNow(schema)).toHaveLength(before.length + 4);
    }
  });

  test("an event that a restored backup took back, and whose place another one has, is a reset", async () => {
    const { store, schema } = await opened();
    await store.commit(announcing("kept"));
    await store.commit(announcing("lost"));
    const seen = store.follow("start", new AbortController().signal)[Symbol.asyncIterator]();
    await seen.next();
    const lost = (await seen.next()).value;
    await query(`DELETE FROM "${schema}".event WHERE type = 'lost'`);
    await query(`SELECT setval('"${schema}".revisions', 1)`);
    await store.commit(announcing("other"));
    const again = store.follow(lost !== undefined && "cursor" in lost ? lost.cursor : "", new AbortController().signal);
    expect(Object.keys((await again[Symbol.asyncIterator]().next()).value ?? {})).toEqual(["reset"]);
  });

  test("without notifications it comes by looking, in another process as in this one", async () => {
    const { schema, store: writer } = await opened();
    const store = await createPostgresStore({ url: postgresUrl ?? "", schema, notifications: false });
    onTestFinished(() => store.close());
    const seen = follower(store);
    const woken = new Promise<readonly string[]>((resolve) => store.watch(resolve));
    await writer.commit(announcing("first"));
    expect(await take(seen, 1)).toEqual(["first"]);
    expect(await woken).toEqual([]);
  });

  test("with notifications another process is told which keys were written", async () => {
    const { schema, store: writer } = await opened();
    const store = await createPostgresStore({ url: postgresUrl ?? "", schema });
    onTestFinished(() => store.close());
    let names: (keys: readonly string[]) => void = () => {};
    const named = new Promise<readonly string[]>((resolve) => {
      names = resolve;
    });
    // Empty hints come as well: at first, and now and then.
    store.watch((keys) => keys.length > 0 && names(keys));
    const listening = async (): Promise<boolean> =>
      (await query("SELECT FROM pg_stat_activity WHERE query = $1", [`LISTEN "unclash:${schema}"`])).length > 0;
    await expect.poll(listening).toBe(true);
    await writer.commit(announcing("first"));
    expect(await named).toEqual(["first"]);
  });

  test("a connection that listened and broke is made anew, and meanwhile nothing is missed", async () => {
    const { schema, store } = await opened();
    const seen = follower(store);
    await store.commit(announcing("first"));
    expect(await take(seen, 1)).toEqual(["first"]);
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = $1`;
    const listens = [`LISTEN "unclash:${schema}"`];
    await expect.poll(async () => (await query(end, listens)).length).toBe(1);
    await store.commit(announcing("second"));
    expect(await take(seen, 1)).toEqual(["second"]);
    const here = "SELECT FROM pg_stat_activity WHERE query = $1";
    await expect.poll(async () => (await query(here, listens)).length, { timeout: 10_000 }).toBe(1);
  });
});

async function opened(): Promise<{ readonly store: Store; readonly schema: string }> {
  const schema = await freshSchema();
  const store = await createPostgresStore({ url: postgresUrl ?? "", schema });
  onTestFinished(() => store.close());
  return { store, schema };
}

// A commit of one record and one event, both named like this.
function announcing(name: string): Commit {
  return commitOf(1, [{ key: name, expect: "absent", put: "{}" }], { events: [{ type: name, key: name }] });
}

async function connected(url: string | undefined): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

// Carries a commit out, all but its end: it has its revision, and nobody can see it yet.
async function beginLate(schema: string, commit: Commit): Promise<pg.Client> {
  const client = await connected(postgresUrl);
  await client.query("BEGIN");
  const values = commitValues(commit, new LockNumbers(schema), 5_000, "on");
  const rows = rowsOf(await client.query(new Statements(schema, false).call("commit", values)));
  expect(rows.map(([kind]) => kind)).toEqual(["written", "committed"]);
  return client;
}

// The types of all events that a follower would be given at this moment.
async function eventsNow(schema: string): Promise<readonly string[]> {
  const client = await connected(postgresUrl);
  const rows: readonly Row[] = rowsOf(await client.query(eventsQuery(placeOf("start"), new Statements(schema, false))));
  return rows.map((row) => row[5] ?? "");
}

function follower(store: Store, from?: StoredEvent | Reset): AsyncIterator<StoredEvent | Reset> {
  const cursor = from === undefined ? "start" : "reset" in from ? from.reset : from.cursor;
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  return store.follow(cursor, controller.signal)[Symbol.asyncIterator]();
}

async function take(seen: AsyncIterator<StoredEvent | Reset>, count: number): Promise<readonly string[]> {
  const types: string[] = [];
  while (types.length < count) {
    const { value } = await seen.next();
    types.push(value === undefined ? "ended" : "reset" in value ? "reset" : value.type);
  }
  return types;
}

// Puts a bug into a function of the schema: right after its horizon was found, it is something else.
async function plant(schema: string, sql: string, name: string): Promise<void> {
  const [row] = await query(
    "SELECT pg_get_functiondef(p.oid) AS sql FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace " +
      "WHERE n.nspname = $1 AND proname = $2",
    [schema, name],
  );
  const place = "WHERE l.behind < 1073741824;";
  const text = String(row?.["sql"]);
  expect(text).toContain(place);
  await query(text.replace(place, `${place} ${sql}`));
}
