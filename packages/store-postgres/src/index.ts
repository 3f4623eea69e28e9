export type { PostgresClient, PostgresNotification, PostgresPool, PostgresQuery } from "./driver.js";
export { migratePostgres, postgresMigration } from "./migration.js";
export type { PostgresSettings, PostgresSource, PostgresStoreOptions } from "./options.js";
export { createPostgresStore } from "./store.js";
