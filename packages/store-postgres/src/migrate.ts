import { ConfigurationError } from "@unclash/core";
import { messageOf } from "@unclash/core/store";
import { type PostgresClient, type PostgresQuery, type Row, rowsOf, textQuery } from "./driver.js";
import { sqlStateOf } from "./failure.js";
import { LockNumbers } from "./locks.js";
import { textOf } from "./record.js";
import { functionsOf, migrationTableSql, newTablesSql, type SchemaFunction, schemaVersions } from "./schema.js";

/**
 * The SQL that makes the schema, its tables and functions in a database where they are not there yet, for who wants to
 * read it, or to run it by another role. Run it once, as one script.
 */
export function migrationScript(schema: string): string {
  const functions = functionsOf(schema).map(({ sql: text }) => text);
  const steps = [newTablesSql(schema), ...functions, `${noteSql(schema)};\n`];
  return `BEGIN;\nCREATE SCHEMA IF NOT EXISTS "${schema}";\n${migrationTableSql(schema)};\n${steps.join("")}COMMIT;\n`;
}

/**
 * Brings a schema up to date, in one transaction. Several processes may do so at once: one does, the others wait.
 * Processes of an older release go on meanwhile, and afterwards: what they call stays as it was.
 *
 * @throws ConfigurationError where the role may not, or a newer release has been there
 */
export async function migrate(client: PostgresClient, schema: string): Promise<void> {
  await sql(client, "BEGIN ISOLATION LEVEL READ COMMITTED");
  try {
    await sql(client, `SELECT pg_advisory_xact_lock(${new LockNumbers(schema).migration})`);
    if (!(await schemaExists(client, schema))) await sql(client, `CREATE SCHEMA "${schema}"`);
    const version = await versionOf(client, schema);
    assertKnown(schema, version);
    if (version === 0) {
      await sql(client, migrationTableSql(schema));
      await script(client, newTablesSql(schema));
      await sql(client, noteSql(schema));
    }
    for (const { sql: text } of await missingFunctions(client, schema)) await script(client, text);
    await sql(client, "COMMIT");
  } catch (error) {
    await sql(client, "ROLLBACK").catch(() => {});
    if (sqlStateOf(error) !== "42501") throw error;
    throw new ConfigurationError(
      "schema",
      `must be one that this role may make or owns, or be migrated by another one: ${messageOf(error)}`,
    );
  }
}

/**
 * Throws unless the schema has what this release needs.
 *
 * @throws ConfigurationError
 */
export async function assertMigrated(client: PostgresClient, schema: string): Promise<void> {
  const version = await versionOf(client, schema);
  assertKnown(schema, version);
  const missing = version === 0 ? [] : await missingFunctions(client, schema);
  if (version > 0 && missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(", ");
  throw new ConfigurationError(
    "schema",
    "must be migrated before it is opened with migrate: false. It " +
      `${version === 0 ? "is not there, or empty" : `lacks functions of this release (${names})`}; see migratePostgres`,
  );
}

function assertKnown(schema: string, version: number): void {
  if (version <= schemaVersions.newest) return;
  throw new ConfigurationError(
    "schema",
    `must not come from a newer release: ${schema} is at version ${version}, and ${schemaVersions.newest} is ` +
      "the newest known here",
  );
}

// A function is known by its name alone: one that has another text has another name.
async function missingFunctions(client: PostgresClient, schema: string): Promise<readonly SchemaFunction[]> {
  const functions = functionsOf(schema);
  const [row] = await sql(
    client,
    `SELECT pg_catalog.array_to_string(ARRAY(
      SELECT f.name FROM pg_catalog.unnest($2::text[]) AS f (name) WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = $1 AND p.proname = f.name
      )
    ), ' ')`,
    [schema, functions.map(({ name }) => name)],
  );
  const missing = textOf(row?.[0]).split(" ");
  return functions.filter(({ name }) => missing.includes(name));
}

async function schemaExists(client: PostgresClient, schema: string): Promise<boolean> {
  const rows = await sql(client, "SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1", [schema]);
  return rows.length > 0;
}

// By the catalogue, since who may not use a schema may not ask for its tables either.
async function versionOf(client: PostgresClient, schema: string): Promise<number> {
  const tables = await sql(
    client,
    `SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = 'migration'`,
    [schema],
  );
  if (tables.length === 0) return 0;
  const [row] = await sql(client, `SELECT coalesce(max(version), 0) FROM "${schema}".migration`);
  return Number(row?.[0]);
}

function noteSql(schema: string): string {
  return `INSERT INTO "${schema}".migration (version) VALUES (${schemaVersions.newest})`;
}

async function sql(
  client: PostgresClient,
  text: string,
  values: PostgresQuery["values"] = [],
): Promise<readonly Row[]> {
  return rowsOf(await client.query(textQuery(text, values)));
}

// Several statements, without values: the simple protocol takes them in one.
async function script(client: PostgresClient, text: string): Promise<void> {
  await client.query(textQuery(text, []));
}
