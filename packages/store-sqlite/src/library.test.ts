import { expect, onTestFinished, test } from "vitest";
import type { SqliteDatabase, SqliteStatement } from "./driver.js";
import { chooseDatabaseClass, type DatabaseClass, keepsWhatIsCommitted, versionOf } from "./library.js";
import { createSqliteStore } from "./sqlite.js";
import { connect, freshFile, intercepted } from "./store.test-support.js";

test.each([
  ["3.51.3", true],
  ["3.53.0", true],
  ["3.100.0", true],
  ["4.0.0", true],
  ["3.51.2", false],
  ["3.51.0", false],
  ["3.50.7", true],
  ["3.50.6", false],
  ["3.49.9", false],
  ["3.44.6", true],
  ["3.44.5", false],
  ["3.45.0", false],
  ["3.7.0", false],
  ["", false],
])("SQLite %s keeps what is committed: %s", (version, expected) => {
  expect(keepsWhatIsCommitted(version)).toBe(expected);
});

test("the SQLite that comes with the package keeps what is committed", () => {
  expect(keepsWhatIsCommitted(versionOf(connect(freshFile())))).toBe(true);
});

test("files are opened by the runtime's driver where its SQLite keeps what is committed, else by the bundled one", () => {
  const [recent, old, bundled] = [driverOf("3.51.3"), driverOf("3.51.2"), driverOf("3.53.0")];
  expect(chooseDatabaseClass(recent, () => bundled)).toBe(recent);
  expect(chooseDatabaseClass(old, () => bundled)).toBe(bundled);
  expect(chooseDatabaseClass(undefined, () => bundled)).toBe(bundled);
});

test("where the bundled driver can't be loaded, an old one is used with a warning, and none is an error", async () => {
  const warnings = collectWarnings();
  const old = driverOf("3.46.0");
  const fail = (): never => {
    throw new Error("no build for this machine");
  };
  expect(chooseDatabaseClass(old, fail)).toBe(old);
  expect(chooseDatabaseClass(old, fail)).toBe(old);
  expect(() => chooseDatabaseClass(undefined, fail)).toThrow("no build");
  await new Promise(setImmediate);
  expect(warnings).toEqual([["UNCLASH_OLD_SQLITE", expect.stringMatching(/SQLite 3\.46\.0 of .* 3\.51\.3 or newer/)]]);
});

test("a user's connection by an old SQLite is told of by a warning, once, and serves", async () => {
  const warnings = collectWarnings();
  for (const _ of [1, 2]) {
    const store = await createSqliteStore({ database: ofVersion("3.50.4", connect(freshFile())) });
    await store.close();
  }
  await (await createSqliteStore({ database: connect(freshFile()) })).close();
  await new Promise(setImmediate);
  expect(warnings).toEqual([["UNCLASH_OLD_SQLITE", expect.stringContaining("SQLite 3.50.4 of your database")]]);
});

function driverOf(version: string): DatabaseClass {
  return class implements SqliteDatabase {
    readonly #database = ofVersion(version, connect(freshFile()));
    exec = (sql: string): unknown => this.#database.exec(sql);
    prepare = (sql: string): SqliteStatement => this.#database.prepare(sql);
    close = (): unknown => this.#database.close();
  };
}

function ofVersion(version: string, database: SqliteDatabase): SqliteDatabase {
  const others = intercepted(database, () => {});
  return {
    ...others,
    prepare(sql) {
      const statement = others.prepare(sql);
      return sql.includes("sqlite_version()") ? { ...statement, get: () => ({ version }) } : statement;
    },
  };
}

function collectWarnings(): readonly unknown[] {
  const warnings: unknown[] = [];
  const note = (warning: Error): void => {
    if (warning.name === "UnclashWarning") warnings.push(["code" in warning && warning.code, warning.message]);
  };
  process.on("warning", note);
  onTestFinished(() => void process.off("warning", note));
  return warnings;
}
