/** What the tests of this package share: files that go away, and short commits. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import type { Commit, Store, Write } from "@unclash/core/store";
import { quickFolder } from "@unclash/test-servers";
import { onTestFinished } from "vitest";
import type { SqliteDatabase, SqliteStatement } from "./driver.js";

/** The path of a file that is not there yet, in a folder that goes with the test. */
export function freshFile(): string {
  const folder = quickFolder("unclash-sqlite-");
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "store.db");
}

/** A connection as users open one, closed with the test. */
export function connect(file: string): SqliteDatabase {
  const database = new DatabaseSync(file);
  onTestFinished(() => {
    if (database.isOpen) database.close();
  });
  return database;
}

/** A connection whose statements pass by `before`, which may count them or throw what a disk would. */
export function intercepted(
  database: SqliteDatabase,
  before: (sql: string, values: readonly unknown[]) => void,
): SqliteDatabase {
  return {
    exec(sql) {
      before(sql, []);
      return database.exec(sql);
    },
    close: () => database.close(),
    prepare(sql): SqliteStatement {
      const statement = database.prepare(sql);
      return {
        run(...values) {
          before(sql, values);
          return statement.run(...values);
        },
        get(...values) {
          before(sql, values);
          return statement.get(...values);
        },
        all(...values) {
          before(sql, values);
          return statement.all(...values);
        },
      };
    },
  };
}

/** What SQLite says where it fails, as `node:sqlite` throws it. */
export function sqliteError(errcode: number): Error {
  return Object.assign(new Error(`planned failure ${errcode}`), { code: "ERR_SQLITE_ERROR", errcode });
}

let tags = 0;

/** A commit of these writes, at a time that grows, with a tag of its own. */
export function commitOf(writes: readonly Write[], rest: Partial<Commit> = {}): Commit {
  tags++;
  return { tag: `tag-${tags}`, at: 1_000 + tags, reads: [], writes, events: [], by: "test", cause: "test", ...rest };
}

/** A put of a key, whatever is there. */
export function putOf(key: string, rest: Partial<Extract<Write, { put: unknown }>> = {}): Write {
  return { expect: "any", put: "{}", ...rest, key };
}

/** The versions in a key's history, the newest first. */
export async function versionsOf(store: Store, key: string): Promise<readonly number[]> {
  const { records } = await store.history(key, { limit: 1_000, texts: false });
  return records.map(({ version }) => version);
}
