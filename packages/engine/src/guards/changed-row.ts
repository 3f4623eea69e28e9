import { UsageError } from "@unclash/core";
import { describeValue, isPromise } from "@unclash/core/options";
import { adviceOnCount, adviceOnResult } from "./driver-result.js";

/**
 * The row that `expectRow` was given; `undefined` where the write changed none.
 *
 * @throws UsageError where it is no row, with what to give: a driver's result is an object, or an array, whether or not
 * a row
 *   was changed, and would pass for one that was
 */
export function changedRow(given: unknown): object | undefined {
  if (given === null || given === undefined) return undefined;
  if (!Array.isArray(given)) return rowIn(given, "result", adviceOnCount);
  if (given.length === 0) {
    const count = countBeside(given);
    if (count === undefined || Number(count) === 0) return undefined;
    throw misused(
      `no rows beside a \`count\` of ${count}: call expectAffected(result.count), or add RETURNING to the statement`,
    );
  }
  if (given.length === 1) return rowIn(given[0], "result[0]", adviceOnCapital);
  throw misused(adviceOnSeveral(given));
}

/**
 * Whether the write that `expectAffected` was told of changed its row.
 *
 * @throws UsageError for any number but 0 and 1, and for what is no number
 */
export function isAffected(given: unknown): boolean {
  if (typeof given === "number" || typeof given === "bigint") {
    if (Number(given) === 0 || Number(given) === 1) return Number(given) === 1;
    throw new UsageError("expectAffected", `must be given 0 or 1, and was given ${given}: ${oneRow}`);
  }
  const advice = typeof given === "object" && given !== null ? adviceOn(given) : undefined;
  const missing = given == null ? "; the driver has not told how many rows it changed: ask it for the row" : "";
  const what = advice ?? `${describeValue(given)}${missing}`;
  throw new UsageError("expectAffected", `must be given the number of changed rows, and was given ${what}`);
}

const oneRow = "the WHERE of a write must name one row, by its key and its version";

function misused(what: string): UsageError {
  return new UsageError("expectRow", `must be given the changed row, or an array of it, and was given ${what}`);
}

function rowIn(row: unknown, it: string, adviceOnLone: (row: object, it: string) => string | undefined): object {
  if (typeof row === "number" || typeof row === "bigint")
    throw misused(`the number ${row}: call expectAffected(${it}) if it is the number of changed rows`);
  if (typeof row !== "object" || row === null) throw misused(describeValue(row));
  const advice = adviceOnResult(row, it) ?? adviceOnLone(row, it) ?? noRow(row, it);
  if (advice !== undefined) throw misused(advice);
  return row;
}

/** What an object is that is neither a row nor a driver's result. */
function noRow(value: object, it: string): string | undefined {
  if (isPromise(value)) return describeValue(value);
  if (Array.isArray(value))
    return `a row as an array of columns: call expectAffected(${it === "result" ? it : "result"}.length)`;
  if ("execute" in value && typeof value.execute === "function") return "a query that has not run: call its execute()";
  if (Symbol.asyncIterator in value) return "what has still to be read: collect its rows first";
  const isValue = [Error, Date, RegExp, Map, Set, ArrayBuffer].some((kind) => value instanceof kind);
  if (isValue || ArrayBuffer.isView(value)) return describeValue(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  const isEmpty = (prototype === Object.prototype || prototype === null) && Object.keys(value).length === 0;
  return isEmpty ? describeValue(value) : undefined;
}

/**
 * A list of one `{ count: 6 }` is what `RETURNING count` gives, and no driver's result; one of `{ Count: 1n }` is
 * DuckDB's.
 */
function adviceOnCapital(row: object, it: string): string | undefined {
  const isOfDuckDb = Object.keys(row).length === 1 && "Count" in row;
  return isOfDuckDb
    ? `a result of DuckDB: call expectAffected(${it}.Count), or return more than one column`
    : undefined;
}

function adviceOnSeveral(given: readonly unknown[]): string {
  const [first, second] = given;
  if (typeof first === "number" && Array.isArray(second)) return "a count and rows: call expectRow(result[1])";
  if (typeof first === "number" || typeof first === "bigint") return "numbers: call expectAffected(result[0])";
  if (Array.isArray(first)) {
    if (typeof second === "number") return "rows and a count: call expectAffected(result[1])";
    const advice = typeof second === "object" && second !== null ? adviceOnResult(second, "result[1]") : undefined;
    return advice ?? "rows in an array beside something else: call expectRow(result[0])";
  }
  const advice = typeof first === "object" && first !== null ? adviceOnResult(first, "result[0]") : undefined;
  return advice ?? `${given.length} rows: ${oneRow}`;
}

function adviceOn(given: object): string | undefined {
  if (!Array.isArray(given)) return adviceOnResult(given) ?? countOf(given);
  const [first] = given;
  if (typeof first === "number" || typeof first === "bigint") return "an array: call expectAffected(result[0])";
  const count = countBeside(given);
  if (count !== undefined) return "an array with a `count`: call expectAffected(result.count)";
  const advice = typeof first === "object" && first !== null ? adviceOnResult(first, "result[0]") : undefined;
  return advice ?? "an array: call expectRow(result) if it holds the changed row";
}

function countOf(given: object): string | undefined {
  return adviceOnCount(given) && `an object: call expectAffected(result.${Object.keys(given)[0]})`;
}

/** postgres.js and Bun put the count on the array of rows, which is empty without RETURNING. */
function countBeside(rows: object): unknown {
  return "count" in rows && (typeof rows.count === "number" || typeof rows.count === "bigint") ? rows.count : undefined;
}
