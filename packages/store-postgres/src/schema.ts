import { LockNumbers } from "./locks.js";
import { cleanSql, dueSql } from "./sql/clean.js";
import { commitSql } from "./sql/commit.js";
import { commitInsteadSql, commitOneSql } from "./sql/commit-one.js";
import { eventsSql } from "./sql/events.js";
import {
  historySql,
  listChildrenDownSql,
  listChildrenSql,
  listIndexDownSql,
  listIndexSql,
  listLapsedSql,
} from "./sql/list.js";
import { type FunctionName, functionNames } from "./sql/names.js";
import { readSql } from "./sql/read.js";
import { tablesSql } from "./sql/tables.js";

/**
 * The versions of a schema that this release works on. A release refuses one that is newer than its `newest`, so that
 * what older processes can live with, such as new functions, never raises the number (decision 010). A new schema is at
 * the newest.
 *
 * - 1: the tables, with the functions of the first release, which stay for its processes.
 * - 2: the same tables, without those functions: the first release can't use it.
 */
export const schemaVersions = { oldest: 1, newest: 2 } as const;

/** Makes the tables of a new schema. */
export function newTablesSql(schema: string): string {
  return tablesSql(`"${schema}"`);
}

/** A function that calls need, and the SQL that makes it. */
export interface SchemaFunction {
  readonly name: string;
  readonly sql: string;
}

/**
 * The functions that this release calls. Those that are not in a schema yet are made on opening it, beside those of
 * other releases.
 */
export function functionsOf(schema: string): readonly SchemaFunction[] {
  const s = `"${schema}"`;
  const numbers = new LockNumbers(schema);
  const sqlOf: Readonly<Record<FunctionName, string>> = {
    commit: commitSql(s, numbers.events),
    commitInstead: commitInsteadSql(s),
    commitOne: commitOneSql(s, numbers.events),
    read: readSql(s),
    listChildren: listChildrenSql(s),
    listChildrenDown: listChildrenDownSql(s),
    listIndex: listIndexSql(s),
    listIndexDown: listIndexDownSql(s),
    listLapsed: listLapsedSql(s),
    history: historySql(s),
    events: eventsSql(s, numbers.events),
    due: dueSql(s),
    clean: cleanSql(s, numbers),
  };
  return allNames.map((name) => ({ name: functionNames[name], sql: sqlOf[name] }));
}

const allNames = Object.keys(functionNames).filter((name): name is FunctionName => name in functionNames);

/** Where a schema notes at which version it is. */
export function migrationTableSql(schema: string): string {
  return `CREATE TABLE IF NOT EXISTS "${schema}".migration (
  version integer PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now()
)`;
}
