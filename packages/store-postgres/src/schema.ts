import { LockNumbers } from "./locks.js";
import { cleanSql } from "./sql/clean.js";
import { commitSql } from "./sql/commit.js";
import { commitInsteadSql, commitOneSql } from "./sql/commit-one.js";
import { eventsSql } from "./sql/events.js";
import { historySql, listSql } from "./sql/list.js";
import { readSql } from "./sql/read.js";
import { tablesSql } from "./sql/tables.js";

/**
 * What brings a schema from one version to the next. Never edit one that was released: add another, which may drop
 * functions and make them anew. A release that knows fewer than a schema has refuses to open it.
 */
export const migrations: readonly ((schema: string) => string)[] = [
  (schema) => {
    const s = `"${schema}"`;
    const numbers = new LockNumbers(schema);
    return [
      tablesSql(s),
      commitSql(s, numbers.events),
      commitInsteadSql(s),
      commitOneSql(s, numbers.events),
      readSql(s),
      listSql(s),
      historySql(s),
      eventsSql(s, numbers.events),
      cleanSql(s, numbers),
    ].join("");
  },
];

/** Where a schema notes which of the migrations it has had. */
export function migrationTableSql(schema: string): string {
  return `CREATE TABLE IF NOT EXISTS "${schema}".migration (
  version integer PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now()
)`;
}
