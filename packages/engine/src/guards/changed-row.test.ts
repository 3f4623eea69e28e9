import { UsageError } from "@unclash/core";
import { expect, test } from "vitest";
import { changedRow, isAffected } from "./changed-row.js";

const row = { id: "1", version: 5 };

test.each([
  ["no row", undefined],
  ["null", null],
  ["no rows", []],
  ["postgres.js: no rows, and a count that says so", Object.assign([], { count: 0, command: "UPDATE" })],
])("expectRow: the write changed nothing: %s", (_what, given) => {
  expect(changedRow(given)).toBeUndefined();
});

class Entity {
  readonly id = "1";
}

test.each([
  ["the row", row, row],
  ["the rows of RETURNING", [row], row],
  ["postgres.js: the rows of RETURNING", Object.assign([row], { count: 1, command: "UPDATE" }), row],
  ["what RETURNING count gives", [{ count: 6 }], { count: 6 }],
  ["what RETURNING changes gives", [{ changes: 0 }], { changes: 0 }],
  ["a row with a count", { id: 1, count: 0 }, { id: 1, count: 0 }],
  [
    "a row with columns that are called as members of results",
    { id: 1, affected: 0, meta: {}, rows: [], data: 1, changes: 2 },
  ],
  ["a row of text under such a name", { count: "6" }, { count: "6" }],
  ["an entity of a class", new Entity(), new Entity()],
  ["a row without a prototype", Object.assign(Object.create(null), row), row],
])("expectRow takes %s", (_what, given, expected = given) => {
  expect(changedRow(given)).toEqual(expected);
});

test("expectAffected takes 0 and 1, as numbers and bigints", () => {
  expect([0, 0n, 1, 1n].map(isAffected)).toEqual([false, false, true, true]);
});

test.each([2, 2n, -1, 0.5, Number.NaN, null, undefined, "1", true, {}, [], [1], row, Promise.resolve(1), () => 1])(
  "expectAffected refuses what is neither 0 nor 1: %s",
  (given) => {
    expect(() => isAffected(given)).toThrow(UsageError);
  },
);

test.each([
  0,
  1n,
  "1",
  true,
  Symbol("row"),
  () => row,
  Promise.resolve(row),
  [Promise.resolve(row)],
  {},
  [{}],
  [["1", 5]],
  [row, row],
  [null],
  new Date(),
  new Map(),
  new Error("P2025"),
  Buffer.from("row"),
  { execute: () => {}, toSQL: () => "" },
  { async *[Symbol.asyncIterator]() {} },
])("expectRow refuses what is no row: %s", (given) => {
  expect(() => changedRow(given)).toThrow(UsageError);
});

/** A result of PostgreSQL's driver: an instance of a class. */
class PgResult {
  readonly command = "UPDATE";
  readonly oid = null;
  readonly fields: readonly unknown[] = [];
  readonly rowCount: number | null;
  readonly rows: readonly object[];

  constructor(rowCount: number | null, rows: readonly object[] = []) {
    this.rowCount = rowCount;
    this.rows = rows;
  }
}

const header = (affectedRows: number) => ({ fieldCount: 0, affectedRows, insertId: 0, info: "", serverStatus: 2 });
const postgresJs = (count: number, rows: readonly object[] = []) =>
  Object.assign([...rows], { count, command: "UPDATE" });

/**
 * What drivers give for a write that changed one row, and for one that changed none, as their documentation has it:
 * whole, as people hand it on.
 */
const results: readonly (readonly [driver: string, won: unknown, lost: unknown])[] = [
  ["pg, Drizzle on pg, Knex raw, slonik, Neon", new PgResult(1), new PgResult(0)],
  ["pg, with RETURNING", new PgResult(1, [row]), new PgResult(0)],
  ["postgres.js, Drizzle on it, Bun", postgresJs(1), postgresJs(0)],
  ["mysql2", [header(1), undefined], [header(0), undefined]],
  ["mysql, MariaDB", header(1), header(0)],
  [
    "MariaDB's connector",
    { affectedRows: 1, insertId: 0n, warningStatus: 0 },
    { affectedRows: 0, insertId: 0n, warningStatus: 0 },
  ],
  ["better-sqlite3, node:sqlite", { changes: 1, lastInsertRowid: 7 }, { changes: 0, lastInsertRowid: 7 }],
  ["node:sqlite with bigints", { changes: 1n, lastInsertRowid: 7n }, { changes: 0n, lastInsertRowid: 7n }],
  ["sqlite3, sqlite", { lastID: 7, changes: 1 }, { lastID: 7, changes: 0 }],
  ["Expo", { lastInsertRowId: 7, changes: 1 }, { lastInsertRowId: 7, changes: 0 }],
  ["Kysely, update", [{ numUpdatedRows: 1n, numChangedRows: undefined }], [{ numUpdatedRows: 0n }]],
  ["Kysely, executeTakeFirst", { numUpdatedRows: 1n }, { numUpdatedRows: 0n }],
  ["Kysely, delete", [{ numDeletedRows: 1n }], [{ numDeletedRows: 0n }]],
  ["Kysely, sql", { rows: [], numAffectedRows: 1n }, { rows: [], numAffectedRows: 0n }],
  ["Prisma's updateMany", { count: 1 }, { count: 0 }],
  ["Prisma's $executeRaw, Knex, Objection, MikroORM", 1, 0],
  ["TypeORM", { generatedMaps: [], raw: [], affected: 1 }, { generatedMaps: [], raw: [], affected: 0 }],
  ["TypeORM's query", [[row], 1], [[], 0]],
  ["Sequelize", [1], [0]],
  ["Sequelize, returning", [1, [row]], [0, []]],
  ["Sequelize's query", [[], new PgResult(1)], [[], new PgResult(0)]],
  [
    "MongoDB, Mongoose",
    { acknowledged: true, matchedCount: 1, modifiedCount: 1 },
    { acknowledged: true, matchedCount: 0, modifiedCount: 0 },
  ],
  ["MongoDB, delete", { acknowledged: true, deletedCount: 1 }, { acknowledged: true, deletedCount: 0 }],
  [
    "MongoDB's findOneAndUpdate with metadata",
    { lastErrorObject: { n: 1 }, value: row, ok: 1 },
    { lastErrorObject: { n: 0 }, value: null, ok: 1 },
  ],
  [
    "libsql, Turso",
    { columns: [], rows: [], rowsAffected: 1, lastInsertRowid: 7n },
    { columns: [], rows: [], rowsAffected: 0 },
  ],
  [
    "PlanetScale",
    { headers: [], fields: [], rows: [], rowsAffected: 1, insertId: "0" },
    { headers: [], fields: [], rows: [], rowsAffected: 0 },
  ],
  [
    "mssql",
    { recordsets: [], recordset: undefined, output: {}, rowsAffected: [1] },
    { recordsets: [], output: {}, rowsAffected: [0] },
  ],
  ["oracledb", { rowsAffected: 1, lastRowid: "AAA" }, { rowsAffected: 0 }],
  [
    "Cloudflare D1",
    { success: true, results: [], meta: { changes: 1 } },
    { success: true, results: [], meta: { changes: 0 } },
  ],
  ["PGlite", { rows: [], fields: [], affectedRows: 1 }, { rows: [], fields: [], affectedRows: 0 }],
  [
    "Supabase",
    { data: [row], error: null, count: null, status: 200, statusText: "OK" },
    { data: [], error: null, status: 200, statusText: "OK" },
  ],
  ["Cassandra", [{ "[applied]": true }], [{ "[applied]": false, version: 5 }]],
  [
    "Cassandra, whole",
    { rows: [{ "[applied]": true }], rowLength: 1 },
    { rows: [{ "[applied]": false }], rowLength: 1 },
  ],
  ["DynamoDB", { $metadata: {}, Attributes: row }, { $metadata: {}, Attributes: undefined }],
  ["Snowflake", [{ "number of rows updated": 1 }], [{ "number of rows updated": 0 }]],
  ["Databricks", [{ num_affected_rows: 1 }], [{ num_affected_rows: 0 }]],
  ["DuckDB", [{ Count: 1n }], [{ Count: 0n }]],
];

test.each(results)(
  "a whole result is never taken for a row, nor for none, and the advice works: %s",
  (_driver, won, lost) => {
    expect(followed(won)).toBe(true);
    expect(followed(lost)).toBe(false);
  },
);

test("a lone count may be a result or a row, and the advice has a way for both", () => {
  expect(followed({ count: 6 }, "row")).toBe(true);
  expect(() => changedRow({ count: 6 })).toThrow(/expectAffected\(result\.count\).*expectRow\(\[result\]\)/);
});

test("expectAffected gives the same advice", () => {
  for (const [, won] of results) {
    if (typeof won === "object" && !hasRows(won)) expect(() => isAffected(won)).toThrow(/expectAffected\(/);
  }
});

function hasRows(result: object | null): boolean {
  return JSON.stringify(result, (_name, value) => (typeof value === "bigint" ? Number(value) : value)).includes('"id"');
}

/**
 * Whether a write has changed its row, by what `expectRow` makes of a result; where that refuses it, by what its advice
 * gives: the call for rows where the result holds some, else the one for counts.
 */
function followed(result: unknown, wanted: "row" | "count" = hasRowsIn(result) ? "row" : "count"): boolean {
  try {
    return changedRow(result) !== undefined;
  } catch (error) {
    const text = error instanceof UsageError ? error.message.replace("expectRow() ", "") : "";
    const calls = [...text.matchAll(/expect(Row|Affected)\((.+?)\)(?= |,|;|:|$)/g)];
    const fitting = calls.find(([, name]) => (name === "Row") === (wanted === "row")) ?? calls[0];
    if (fitting === undefined) throw error;
    const [, name, argument = ""] = fitting;
    const given: unknown = new Function("result", `return ${argument}`)(result);
    return name === "Row" ? changedRow(given) !== undefined : isAffected(given);
  }
}

function hasRowsIn(result: unknown): boolean {
  return typeof result === "object" && hasRows(result);
}
