import { expect, onTestFinished, test } from "vitest";
import type { SqliteDatabase, SqliteStatement } from "./driver.js";
import { chooseDatabaseClass, type DatabaseClass, keepsWhatIsCommitted, versionOf } from "./library.js";
import { createSqliteStore } from "./store.js";
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

test("the SQLite of @photostructure/sqlite keeps what is committed", () => {
  expect(keepsWhatIsCommitted(versionOf(connect(freshFile())))).toBe(true);
});

test("files are opened by the runtime's driver where its SQLite keeps what is committed, else by the package", () => {
  const [recent, old, fromPackage] = [driverOf("3.51.3"), driverOf("3.51.2"), driverOf("3.53.0")];
  expect(chooseDatabaseClass(recent, () => fromPackage)).toBe(recent);
  expect(chooseDatabaseClass(old, () => fromPackage)).toBe(fromPackage);
  expect(chooseDatabaseClass(undefined, () => fromPackage)).toBe(fromPackage);
});

test.each([
  ["an old SQLite", "3.46.0", "this runtime's node:sqlite has 3.46.0"],
  ["no SQLite", undefined, "this runtime has no node:sqlite"],
])("a runtime with %s and without the package is an error that names the package", (_, version, own) => {
  const runtimes = version === undefined ? undefined : driverOf(version);
  const refusal = (cause: Error): unknown => {
    try {
      return chooseDatabaseClass(runtimes, () => {
        throw cause;
      });
    } catch (error) {
      return error;
    }
  };
  const missing = Object.assign(new Error("Cannot find module"), { code: "MODULE_NOT_FOUND" });
  expect(refusal(missing)).toMatchObject({
    code: "ERR_UNCLASH_CONFIGURATION",
    option: "file",
    message: expect.stringContaining(
      `${own}, and the package @photostructure/sqlite is not installed. Run \`npm install`,
    ),
  });
  expect(refusal(new Error("No native build was found\nat …"))).toMatchObject({
    code: "ERR_UNCLASH_CONFIGURATION",
    message: expect.stringContaining("@photostructure/sqlite cannot be loaded: No native build was found. Run"),
  });
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
