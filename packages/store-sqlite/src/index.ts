export type { SqliteStoreOptions } from "./options.js";
export { createSqliteStore } from "./store.js";
