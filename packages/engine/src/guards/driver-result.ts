/** A result of a database's driver: known by a member, and by others that stand beside it. */
interface ResultShape {
  readonly driver: string;
  /** The member that it is known by. */
  readonly member: string;
  /** One of these stands beside it; where none is named, the member alone is enough. */
  readonly beside?: readonly string[];
  /** And all of these. */
  readonly with?: readonly string[];
  /** What to give in place of the whole, in terms of `it`. */
  readonly advice: string;
}

const rowsOr = (count: string): string =>
  `expectRow(it.rows) if the statement has RETURNING, else expectAffected(it.${count})`;

/** From the documentation of each driver. The first that fits is named. */
const shapes: readonly ResultShape[] = [
  { driver: "Kysely", member: "numUpdatedRows", advice: "expectAffected(it.numUpdatedRows)" },
  { driver: "Kysely", member: "numDeletedRows", advice: "expectAffected(it.numDeletedRows)" },
  {
    driver: "Kysely",
    member: "numInsertedOrUpdatedRows",
    advice: "expectAffected(it.numInsertedOrUpdatedRows)",
  },
  { driver: "Kysely", member: "numAffectedRows", beside: ["rows"], advice: rowsOr("numAffectedRows") },
  { driver: "pg", member: "rowCount", beside: ["rows", "command"], advice: rowsOr("rowCount") },
  {
    driver: "mssql",
    member: "rowsAffected",
    beside: ["recordsets", "recordset"],
    advice: "expectRow(it.recordset) if the statement has OUTPUT, else expectAffected(it.rowsAffected[0])",
  },
  { driver: "libsql", member: "rowsAffected", beside: ["columns", "fields"], advice: rowsOr("rowsAffected") },
  {
    driver: "oracledb",
    member: "rowsAffected",
    beside: ["lastRowid", "outBinds"],
    advice: "expectAffected(it.rowsAffected)",
  },
  { driver: "PGlite", member: "affectedRows", beside: ["rows", "fields"], advice: rowsOr("affectedRows") },
  {
    driver: "MySQL",
    member: "affectedRows",
    beside: ["insertId", "fieldCount", "warningStatus"],
    advice: "expectAffected(it.affectedRows)",
  },
  {
    driver: "SQLite",
    member: "changes",
    beside: ["lastInsertRowid", "lastInsertRowId", "lastID", "last_row_id"],
    advice: "expectAffected(it.changes)",
  },
  { driver: "D1", member: "meta", with: ["results", "success"], advice: "expectAffected(it.meta.changes)" },
  { driver: "TypeORM", member: "affected", beside: ["raw"], advice: "expectAffected(it.affected)" },
  {
    driver: "MongoDB",
    member: "matchedCount",
    beside: ["acknowledged", "modifiedCount"],
    advice: "expectAffected(it.matchedCount)",
  },
  { driver: "MongoDB", member: "deletedCount", beside: ["acknowledged"], advice: "expectAffected(it.deletedCount)" },
  { driver: "MongoDB", member: "lastErrorObject", advice: "expectRow(it.value)" },
  { driver: "Supabase", member: "data", beside: ["statusText"], advice: "expectRow(it.data), with select()" },
  { driver: "DynamoDB", member: "$metadata", advice: "expectRow(it.Attributes), with ReturnValues" },
  { driver: "Cassandra", member: "[applied]", advice: "expectAffected(Number(it['[applied]']))" },
  {
    driver: "Cassandra",
    member: "rowLength",
    beside: ["rows"],
    advice: "expectAffected(Number(it.rows[0]['[applied]']))",
  },
  {
    driver: "Snowflake",
    member: "number of rows updated",
    advice: "expectAffected(it['number of rows updated'])",
  },
  {
    driver: "Snowflake",
    member: "number of rows deleted",
    advice: "expectAffected(it['number of rows deleted'])",
  },
  { driver: "Databricks", member: "num_affected_rows", advice: "expectAffected(it.num_affected_rows)" },
];

/**
 * What to give in place of a driver's result, such as `expectAffected(result.rowCount)`; nothing for what is none. A
 * row that has a column of such a name is told from a result by what stands beside it.
 *
 * @param it how the text calls the result
 */
export function adviceOnResult(result: object, it = "result"): string | undefined {
  const has = (name: string): boolean => name in result;
  const shape = shapes.find(
    (each) => has(each.member) && (each.beside?.some(has) ?? true) && (each.with?.every(has) ?? true),
  );
  if (shape === undefined) return undefined;
  return `a result of ${shape.driver}: call ${shape.advice.replaceAll(/\bit\b/g, it)}`;
}

/**
 * The same of an object that may be either, since it holds nothing but one number under a name that some drivers have
 * for their counts: Prisma's `updateMany` gives `{ count: 1 }`, and so does `RETURNING count`.
 */
export function adviceOnCount(result: object, it = "result"): string | undefined {
  const [name, ...others] = Object.keys(result);
  if (name === undefined || others.length > 0 || !loneCounts.has(name)) return undefined;
  const value: unknown = Reflect.get(result, name);
  if (typeof value !== "number" && typeof value !== "bigint") return undefined;
  return (
    `\`{ ${name} }\`, which may be a driver's result or a row: call expectAffected(${it}.${name}) if that ` +
    `is the number of changed rows; if it is a row, call expectRow([${it}])`
  );
}

const loneCounts: ReadonlySet<string> = new Set([
  "count",
  "affectedRows",
  "rowsAffected",
  "rowCount",
  "affected",
  "changes",
]);
