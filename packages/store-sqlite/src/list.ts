import type { Key, Moment, Page, Range } from "@unclash/core";
import { type Query, query, type SqliteDatabase } from "./driver.js";
import { depthOf, type HeadWithText, selectHeadWithText } from "./head.js";
import { escapeNul } from "./nul.js";
import { recordOf } from "./state.js";

interface HeadWithValue extends HeadWithText {
  readonly value: string;
}

/**
 * Throws where the `after` of a range is nothing that `Ranges.page` has given.
 *
 * @throws TypeError
 */
export function assertPosition(range: Range): void {
  if (range.after === undefined || "prefix" in range) return;
  const end = range.after.indexOf("\u0000");
  const place = range.after.slice(0, end);
  if (end === -1 || ("lapsedBefore" in range && !Number.isSafeInteger(Number(place)))) {
    throw new TypeError(`"after" is not what a page of this range gave as its "next".`);
  }
}

/** The ranges of records. One page is one statement, so one view. */
export class Ranges {
  readonly #children: Query<HeadWithText>;
  readonly #index: Query<HeadWithValue>;
  readonly #lapsed: Query<HeadWithText>;

  constructor(database: SqliteDatabase) {
    this.#children = query(
      database,
      `${selectHeadWithText} WHERE head.deleted = 0 AND head.depth = ? AND head.key > ? AND head.key < ?
      ORDER BY head.key LIMIT ?`,
    );
    this.#index = query(
      database,
      `SELECT head.*, coalesce(head.body, log.text) AS text, claim.value AS value
      FROM claim CROSS JOIN head ON head.id = claim.id LEFT JOIN log ON log.position = head.position
      WHERE claim.name = ? AND (claim.value, claim.key) > (?, ?) AND claim.value <= ?
      ORDER BY claim.value, claim.key LIMIT ?`,
    );
    this.#lapsed = query(
      database,
      `${selectHeadWithText} WHERE head.lapsesAt IS NOT NULL AND (head.lapsesAt, head.key) > (?, ?) AND head.lapsesAt < ?
      ORDER BY head.lapsesAt, head.key LIMIT ?`,
    );
  }

  /** One page of a range, as it is read at this moment. */
  page(range: Range, now: Moment): Page {
    // One more than the limit is looked for: it tells whether this page is the last.
    const count = range.limit + 1;
    if ("prefix" in range) {
      const after = range.after === undefined || isBefore(range.after, range.prefix) ? range.prefix : range.after;
      const heads = this.#children.all(depthOf(range.prefix), after, endOf(range.prefix), count);
      return pageOf(heads, range.limit, now, ({ key }) => key);
    }
    if ("index" in range) {
      const from = escapeNul(range.from);
      const after = range.after === undefined ? { place: from, key: "" } : readPosition(range.after);
      const start = isBefore(after.place, from) ? { place: from, key: "" } : after;
      const heads = this.#index.all(range.index, start.place, start.key, escapeNul(range.to), count);
      return pageOf(heads, range.limit, now, ({ value, key }) => position(value, key));
    }
    const { place, key } = range.after === undefined ? { place: "-1", key: "" } : readPosition(range.after);
    const heads = this.#lapsed.all(Number(place), key, Math.min(range.lapsedBefore, now + 1), count);
    return pageOf(heads, range.limit, now, (head) => position(`${head.lapsesAt}`, head.key));
  }
}

// The first text after all that begin with the prefix: its last byte, the slash, made one larger.
function endOf(prefix: string): string {
  return `${prefix.slice(0, -1)}0`;
}

function isBefore(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}

function pageOf<Row extends HeadWithText>(
  found: readonly Row[],
  limit: number,
  now: Moment,
  positionOf: (row: Row) => string,
): Page {
  const records = found.slice(0, limit).map((head) => recordOf(head.key, head, head.text, now));
  const last = found[limit - 1];
  if (found.length <= limit || last === undefined) return { now, records };
  return { now, records, next: positionOf(last) };
}

// No key holds a control character, and a place is escaped, so a NUL is where it ends.
function position(place: string, key: Key): string {
  return `${place}\u0000${key}`;
}

function readPosition(after: string): { readonly place: string; readonly key: Key } {
  const end = after.indexOf("\u0000");
  return { place: after.slice(0, end), key: after.slice(end + 1) };
}
