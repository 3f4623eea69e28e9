export type { SqliteDatabase, SqliteStatement } from "./driver.js";
export type { SqliteSettings, SqliteSource, SqliteStoreOptions } from "./options.js";
export { createSqliteStore } from "./store.js";
