import { DatabaseSync } from "@photostructure/sqlite";

/** What SQLite says of a file: `ok` where nothing in it is broken. */
export function integrityOf(file: string): unknown {
  const database = new DatabaseSync(file);
  try {
    const row = database.prepare("PRAGMA integrity_check").get();
    return typeof row === "object" && row !== null ? Reflect.get(row, "integrity_check") : row;
  } finally {
    database.close();
  }
}
