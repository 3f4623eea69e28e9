import { ConfigurationError } from "@unclash/core";
import { messageOf } from "@unclash/core/store";
import { type PostgresClient, type Row, rowsOf, textQuery } from "./driver.js";
import { sqlStateOf } from "./failure.js";
import { LockNumbers } from "./locks.js";
import { migrations, migrationTableSql } from "./schema.js";

/**
 * The SQL that makes the schema and its tables in a database where they are not there yet, for who wants to read it, or
 * to run it by another role. Run it once, as one script.
 */
export function migrationScript(schema: string): string {
  const steps = migrations.map((sql, at) => `${sql(schema)}${noteSql(schema, at + 1)};\n`);
  return `BEGIN;\nCREATE SCHEMA IF NOT EXISTS "${schema}";\n${migrationTableSql(schema)};\n${steps.join("")}COMMIT;\n`;
}

/**
 * Brings a schema up to date, in one transaction. Several processes may do so at once: one does, the others wait.
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
    if (version === 0) await sql(client, migrationTableSql(schema));
    for (const [at, step] of migrations.slice(version).entries()) {
      await script(client, step(schema));
      await sql(client, noteSql(schema, version + at + 1));
    }
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
 * Throws unless the schema is what this release knows.
 *
 * @throws ConfigurationError
 */
export async function assertMigrated(client: PostgresClient, schema: string): Promise<void> {
  const version = await versionOf(client, schema);
  assertKnown(schema, version);
  if (version === migrations.length) return;
  const found = version === 0 ? "not there, or empty" : `at version ${version} of ${migrations.length}`;
  throw new ConfigurationError(
    "schema",
    `must be migrated before it is opened with migrate: false. It is ${found}; see migratePostgres`,
  );
}

function assertKnown(schema: string, version: number): void {
  if (version <= migrations.length) return;
  throw new ConfigurationError(
    "schema",
    `must not come from a newer release: ${schema} is at version ${version}, and ${migrations.length} is ` +
      "the newest known here",
  );
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

function noteSql(schema: string, version: number): string {
  return `INSERT INTO "${schema}".migration (version) VALUES (${version})`;
}

async function sql(client: PostgresClient, text: string, values: string[] = []): Promise<readonly Row[]> {
  return rowsOf(await client.query(textQuery(text, values)));
}

// Several statements, without values: the simple protocol takes them in one.
async function script(client: PostgresClient, text: string): Promise<void> {
  await client.query(textQuery(text, []));
}
