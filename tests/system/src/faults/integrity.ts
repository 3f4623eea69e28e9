import { createRequire } from "node:module";

interface Driver {
  readonly DatabaseSync: new (
    file: string,
  ) => {
    prepare(sql: string): { get(): unknown };
    close(): void;
  };
}

/** What SQLite says of a file: `ok` where nothing in it is broken. */
export function integrityOf(file: string): unknown {
  // That of the store, which is no dependency of the tests.
  const load = createRequire(new URL("../../../../packages/store-sqlite/package.json", import.meta.url));
  const { DatabaseSync }: Driver = load("@photostructure/sqlite");
  const database = new DatabaseSync(file);
  try {
    const row = database.prepare("PRAGMA integrity_check").get();
    return typeof row === "object" && row !== null ? Reflect.get(row, "integrity_check") : row;
  } finally {
    database.close();
  }
}
