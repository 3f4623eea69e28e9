import { chmodSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { migrate } from "./open.js";
import { applicationId, migrations } from "./schema.js";
import { createSqliteStore } from "./store.js";
import { commitOf, connect, freshFile, intercepted, putOf } from "./store.test-support.js";

describe("opening a store", () => {
  test("makes the folder and the file, marks the file as its own and sets the schema's version", async () => {
    const file = join(dirname(freshFile()), "deep", "down", "store.db");
    await (await createSqliteStore({ file })).close();
    const database = connect(file);
    expect(database.prepare("PRAGMA application_id").get()).toEqual({ application_id: applicationId });
    expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: migrations.length });
    expect(database.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
  });

  test("finds the work done where another process was faster", async () => {
    const file = freshFile();
    let others = 0;
    const database = intercepted(connect(file), (sql) => {
      if (sql === "BEGIN IMMEDIATE" && others++ === 0) migrate(connect(file), "file");
    });
    const store = await createSqliteStore({ database });
    expect(others).toBe(1);
    expect(await store.commit(commitOf([putOf("a/1")]))).toMatchObject({ kind: "committed" });
  });

  test.each([
    ["fsync", 2],
    ["process", 1],
  ] as const)(
    "with durability %s it sets SQLite's synchronous to %i, and declares the same",
    async (durability, level) => {
      const database = connect(freshFile());
      const store = await createSqliteStore({ database, durability });
      expect(database.prepare("PRAGMA synchronous").get()).toEqual({ synchronous: level });
      expect(database.prepare("PRAGMA busy_timeout").get()).toEqual({ timeout: 0 });
      expect(store.capabilities).toEqual({ durability, failover: "safe", processes: "host" });
    },
  );

  test.each([
    ["tables of someone else", "CREATE TABLE theirs (a)"],
    ["the mark of another application", "PRAGMA application_id = 7"],
    ["the schema version of another application", "PRAGMA user_version = 3"],
  ])("refuses a file with %s, and leaves it as it is", async (_, sql) => {
    const file = freshFile();
    const database = connect(file);
    database.exec(sql);
    const refused = { code: "ERR_UNCLASH_CONFIGURATION", option: "file" };
    await expect(createSqliteStore({ file })).rejects.toMatchObject(refused);
    await expect(createSqliteStore({ database })).rejects.toMatchObject({ ...refused, option: "database" });
    expect(database.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "delete" });
  });

  test("refuses a file of a newer release and names both versions", async () => {
    const file = freshFile();
    await (await createSqliteStore({ file })).close();
    connect(file).exec(`PRAGMA user_version = ${migrations.length + 1}`);
    await expect(createSqliteStore({ file })).rejects.toThrow(
      `file must not come from a newer release: its schema is ${migrations.length + 1}, and ${migrations.length}`,
    );
  });

  test("refuses a database that orders keys by UTF-16", async () => {
    const file = freshFile();
    connect(file).exec(`PRAGMA encoding = "UTF-16"; CREATE TABLE ours (a); PRAGMA application_id = ${applicationId}`);
    await expect(createSqliteStore({ file })).rejects.toThrow(/^file must be a database in UTF-8/);
  });

  test("refuses what is no database, no file, or in memory", async () => {
    const file = freshFile();
    writeFileSync(file, "This is a text of some length, and not the header of a database.".repeat(20));
    await expect(createSqliteStore({ file })).rejects.toThrow(/^file must be a database of SQLite/);
    mkdirSync(join(dirname(file), "folder"));
    await expect(createSqliteStore({ file: join(dirname(file), "folder") })).rejects.toThrow(/^file must be .* opened/);
    await expect(createSqliteStore({ database: connect(":memory:") })).rejects.toThrow(
      /^database must be a file on a local disk/,
    );
  });

  test.each([
    ["holds the write lock", "PRAGMA journal_mode = WAL; BEGIN IMMEDIATE"],
    ["lets nobody read", "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; CREATE TABLE theirs (a)"],
    ["writes without a write-ahead log", "BEGIN EXCLUSIVE"],
  ])("gives up with a StoreError where another connection %s", async (_, sql) => {
    const file = freshFile();
    connect(file).exec(sql);
    const gaveUp = { code: "ERR_UNCLASH_STORE", outcome: "not-applied" };
    await expect(createSqliteStore({ file, timeoutMs: 20 })).rejects.toMatchObject(gaveUp);
  });
});

describe.skipIf(process.platform === "win32")("what is created", () => {
  test.each([
    [0o000, 0o600, 0o700],
    [0o022, 0o600, 0o700],
    [0o077, 0o600, 0o700],
  ])("under umask %o is for its user alone", async (umask, ofFile, ofFolder) => {
    const file = join(dirname(freshFile()), "deep", "down", "store.db");
    const before = process.umask(umask);
    onTestFinished(() => void process.umask(before));
    const store = await createSqliteStore({ file });
    await store.commit(commitOf([putOf("a/1")]));
    for (const name of [file, `${file}-wal`, `${file}-shm`]) expect(modeOf(name), name).toBe(ofFile);
    for (const name of [dirname(file), dirname(dirname(file))]) expect(modeOf(name), name).toBe(ofFolder);
    await store.close();
  });

  test("before keeps the mode that it has", async () => {
    const file = freshFile();
    chmodSync(dirname(file), 0o755);
    writeFileSync(file, "", { mode: 0o640 });
    chmodSync(file, 0o640);
    const store = await createSqliteStore({ file });
    expect([file, `${file}-wal`, dirname(file)].map(modeOf)).toEqual([0o640, 0o640, 0o755]);
    await store.close();
  });

  function modeOf(path: string): number {
    return statSync(path).mode & 0o777;
  }
});

test.each([
  ["arrays", { returnArrays: true }],
  ["bigints", { readBigInts: true }],
])("a connection that gives %s is refused at opening", async (_, settings) => {
  const database = new DatabaseSync(freshFile(), settings);
  onTestFinished(() => database.close());
  await expect(createSqliteStore({ database })).rejects.toThrow(/^database must give rows as objects/);
});

test("a connection of the user's own serves as well, and stays open when the store is closed", async () => {
  const database = connect(freshFile());
  const store = await createSqliteStore({ database });
  await store.commit(commitOf([putOf("a/1")]));
  await store.close();
  expect(database.prepare("SELECT key, version FROM head").all()).toEqual([{ key: "a/1", version: 1 }]);
});
