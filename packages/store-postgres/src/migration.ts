import { migrationScript } from "./migrate.js";
import { openServer } from "./open.js";
import { type MigrationOptions, resolveMigration, resolveSchema } from "./options.js";
import { connectionsOf } from "./store.js";

/**
 * Makes the schema of a store, or brings it up to date, and does nothing else: for deployments where another role than
 * the app's does that, and the app opens its store with `migrate: false`. Several processes may call it at once.
 *
 * @throws ConfigurationError and StoreError as `createPostgresStore` does
 */
export async function migratePostgres(options: MigrationOptions): Promise<void> {
  const resolved = resolveMigration(options);
  const connections = await connectionsOf(resolved);
  try {
    await openServer(connections.pool, resolved);
  } finally {
    await connections.end();
  }
}

/**
 * The SQL by which a new schema is made, as one script, to be read or run by hand: `psql -f`. A schema of an older
 * release is brought up to date by `migratePostgres`.
 *
 * @param schema as in the options of the store
 * @throws ConfigurationError for what can't be the name of a schema here
 */
export function postgresMigration(schema: string = "unclash"): string {
  return migrationScript(resolveSchema(schema));
}
