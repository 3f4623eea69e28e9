/**
 * The part of a connection that the store uses: `node:sqlite`, `@photostructure/sqlite` and `better-sqlite3` have it.
 */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

/** The part of a prepared statement that the store uses. It binds strings, numbers and null. */
export interface SqliteStatement {
  run(...values: unknown[]): { readonly changes: number | bigint };
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
}

/** What is bound to a statement's parameters. */
export type SqliteValue = string | number | null;

/** A statement that gives no rows. */
export interface Command {
  run(...values: SqliteValue[]): { readonly changes: number | bigint };
}

/** A statement whose rows have a known shape. */
export interface Query<Row> {
  get(...values: SqliteValue[]): Row | undefined;
  all(...values: SqliteValue[]): readonly Row[];
}

/** Prepares a statement for rows of the shape that its SQL selects: all tables are STRICT, and keep to their types. */
export function query<Row>(database: SqliteDatabase, sql: string): Query<Row> {
  const statement = database.prepare(sql);
  return {
    get(...values) {
      const row = statement.get(...values);
      return isRow<Row>(row) ? row : undefined;
    },
    all(...values) {
      return statement.all(...values).filter((row) => isRow<Row>(row));
    },
  };
}

function isRow<Row>(row: unknown): row is Row {
  return typeof row === "object" && row !== null;
}
