import type { Guard } from "./guard.js";
import type { LoadedState } from "./loaded-state.js";

type ExpectOne = Guard<LoadedState>["expectOne"];

/** What drivers call the number of changed rows in the results of their statements, and what else such a result holds. */
const counts: readonly (readonly [count: string, beside: string | undefined])[] = [
  ["rowCount", "rows"],
  ["affected", "raw"],
  ["affectedRows", undefined],
  ["numUpdatedRows", undefined],
  ["numDeletedRows", undefined],
  ["changes", "lastInsertRowid"],
  ["matchedCount", "acknowledged"],
  ["deletedCount", "acknowledged"],
];

/**
 * What a write says of the rows that it has changed: the one row, or `true` where only their number is known; `undefined`
 * where it is none.
 *
 * @throws TypeError where it changed several, or where this is a driver's result, which is an object whether or not a row
 *   was changed: taken for a row, it would pass for one that was
 */
export function changedRow(changed: unknown): unknown {
  if (changed === null || changed === undefined) return undefined;
  if (typeof changed === "number" || typeof changed === "bigint") return isOne(Number(changed)) ? true : undefined;
  if (Array.isArray(changed)) return isOne(changed.length) ? changed[0] : undefined;
  if (typeof changed !== "object") throw new TypeError(`expectOne() was given a ${typeof changed}: ${advice}.`);
  const result = countIn(changed);
  if (result !== undefined) throw new TypeError(`expectOne() was given a driver's result: give its \`${result}\`.`);
  return changed;
}

const advice = "give it the number of changed rows, or the row";

function isOne(count: number): boolean {
  if (count === 0 || count === 1) return count === 1;
  throw new TypeError(`The write has changed ${count} rows: its WHERE must name one, by its key and its version.`);
}

function countIn(result: object): string | undefined {
  const members = Object.keys(result);
  // Prisma's updateMany gives this and nothing else; in a row it would be one column of several.
  if (members.length === 1 && members[0] === "count") return "count";
  return counts.find(([count, beside]) => count in result && (beside === undefined || beside in result))?.[0];
}

/** `expectOne` of a guard: gives the changed row, or throws what `lost` finds out about its absence. */
export function expectOneOr(lost: () => Promise<Error>): ExpectOne {
  async function expectOne(changed: number | bigint | null | undefined): Promise<void>;
  async function expectOne<Row>(changed: readonly Row[]): Promise<Row>;
  async function expectOne<Row extends object>(changed: Row | null | undefined): Promise<Row>;
  async function expectOne(changed: unknown): Promise<unknown> {
    const row = changedRow(changed);
    if (row === undefined) throw await lost();
    return row;
  }
  return expectOne;
}
