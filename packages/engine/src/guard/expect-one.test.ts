import { expect, test } from "vitest";
import { changedRow, expectOneOr } from "./expect-one.js";

const row = { id: "1", version: 5 };

const none: readonly (readonly [what: string, changed: unknown])[] = [
  ["pg, better-sqlite3: the count", 0],
  ["node:sqlite, Kysely: a big count", 0n],
  ["Drizzle, Kysely: the rows of RETURNING", []],
  ["Kysely's executeTakeFirst: no row", undefined],
  ["Prisma, TypeORM: null", null],
];

test.each(none)("no row was changed: %s", (_what, changed) => {
  expect(changedRow(changed)).toBeUndefined();
});

const one: readonly (readonly [what: string, changed: unknown, row: unknown])[] = [
  ["the count", 1, true],
  ["a big count", 1n, true],
  ["the rows of RETURNING", [row], row],
  ["the row", row, row],
  ["a row with a column that is called as a result's member", { id: 1, affected: 0 }, { id: 1, affected: 0 }],
  ["a row with a count", { id: 1, count: 0 }, { id: 1, count: 0 }],
  ["a row with changes", { id: 1, changes: 0 }, { id: 1, changes: 0 }],
  ["a list of one falsy thing", [0], 0],
];

test.each(one)("one row was changed: %s", (_what, changed, expected) => {
  expect(changedRow(changed)).toEqual(expected);
});

const several: readonly (readonly [what: string, changed: unknown])[] = [
  ["a count", 2],
  ["a big count", 2n],
  ["rows", [row, row]],
  ["a negative count", -1],
  ["a fraction", 0.5],
  ["no number", Number.NaN],
];

test.each(several)("a write that changes several rows, or who knows how many, is a mistake: %s", (_what, changed) => {
  expect(() => changedRow(changed)).toThrow(TypeError);
});

const results: readonly (readonly [driver: string, result: unknown, member: string])[] = [
  ["pg", { command: "UPDATE", rowCount: 0, oid: null, rows: [], fields: [] }, "rowCount"],
  ["TypeORM", { raw: [], affected: 0, generatedMaps: [] }, "affected"],
  ["mysql2", { fieldCount: 0, affectedRows: 0, insertId: 0, info: "", serverStatus: 2 }, "affectedRows"],
  ["Kysely, update", { numUpdatedRows: 0n, numChangedRows: undefined }, "numUpdatedRows"],
  ["Kysely, delete", { numDeletedRows: 0n }, "numDeletedRows"],
  ["better-sqlite3, node:sqlite", { changes: 0, lastInsertRowid: 7 }, "changes"],
  ["Prisma's updateMany", { count: 0 }, "count"],
  ["MongoDB, update", { acknowledged: true, matchedCount: 0, modifiedCount: 0 }, "matchedCount"],
  ["MongoDB, delete", { acknowledged: true, deletedCount: 0 }, "deletedCount"],
];

test.each(results)(
  "a driver's whole result is refused, and its member with the count is named: %s",
  (_driver, result, member) => {
    expect(() => changedRow(result)).toThrow(new RegExp(`driver's result: give its \`${member}\``));
  },
);

test.each(["1", true, Symbol("row"), () => row])("what is neither a count nor a row is refused: %s", (changed) => {
  expect(() => changedRow(changed)).toThrow(/number of changed rows, or the row/);
});

test("expectOne gives the row; without one it throws what has become of the state, and only then looks", async () => {
  let looks = 0;
  const lost = new Error("It is gone.");
  const expectOne = expectOneOr(async () => {
    looks += 1;
    return lost;
  });
  expect([await expectOne([row]), await expectOne(row), looks]).toEqual([row, row, 0]);
  await expectOne(1);
  await expect(expectOne(0)).rejects.toBe(lost);
  await expect(expectOne([])).rejects.toBe(lost);
  expect(looks).toBe(2);
});
