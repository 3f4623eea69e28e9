export { migratePostgres, postgresMigration } from "./migration.js";
export type { PostgresStoreOptions } from "./options.js";
export { createPostgresStore } from "./store.js";
