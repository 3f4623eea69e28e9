import type { Key, Moment, Page, Range } from "@unclash/core";
import { type Query, query, type SqliteDatabase } from "./driver.js";
import { depthOf, type Heads, type ListedHead, listedHeadColumns } from "./head.js";
import { countOnPage } from "./page-bytes.js";
import { recordOf } from "./state.js";
import type { Tables } from "./tables.js";

interface ListedHeadWithValue extends ListedHead {
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

/** One page of a range, in one view: that of one statement, or of a read transaction where texts are to follow. */
export function list(range: Range, { ranges, transactions }: Tables, now: Moment): Page {
  if (range.texts === false) return ranges.page(range, now);
  return transactions.reading(() => ranges.page(range, now));
}

/** The ranges of records. */
export class Ranges {
  readonly #heads: Heads;
  readonly #children: Query<ListedHead>;
  readonly #index: Query<ListedHeadWithValue>;
  readonly #lapsed: Query<ListedHead>;

  constructor(database: SqliteDatabase, heads: Heads) {
    this.#heads = heads;
    this.#children = query(
      database,
      `SELECT ${listedHeadColumns}
      FROM head WHERE head.deleted = 0 AND head.depth = ? AND head.key > ? AND head.key < ?
      ORDER BY head.key LIMIT ?`,
    );
    this.#index = query(
      database,
      `SELECT ${listedHeadColumns}, claim.value AS value
      FROM claim CROSS JOIN head ON head.id = claim.id
      WHERE claim.name = ? AND (claim.value, claim.key) > (?, ?) AND claim.value <= ?
      ORDER BY claim.value, claim.key LIMIT ?`,
    );
    this.#lapsed = query(
      database,
      `SELECT ${listedHeadColumns}
      FROM head WHERE head.lapsesAt IS NOT NULL AND (head.lapsesAt, head.key) > (?, ?) AND head.lapsesAt < ?
      ORDER BY head.lapsesAt, head.key LIMIT ?`,
    );
  }

  /**
   * One page of a range, as it is read at this moment. It begins no transaction, since a commit asks for pages in its own:
   * with texts it is one view only inside one.
   */
  page(range: Range, now: Moment): Page {
    const texts = range.texts === false ? 0 : 1;
    // One more than the limit is looked for: it tells whether this page is the last.
    const count = range.limit + 1;
    if ("prefix" in range) {
      const after = range.after === undefined || isBefore(range.after, range.prefix) ? range.prefix : range.after;
      const heads = this.#children.all(texts, depthOf(range.prefix), after, endOf(range.prefix), count);
      return this.#pageOf(heads, range, now, ({ key }) => key);
    }
    if ("index" in range) {
      const from = range.from;
      const after = range.after === undefined ? { place: from, key: "" } : readPosition(range.after);
      const start = isBefore(after.place, from) ? { place: from, key: "" } : after;
      const heads = this.#index.all(texts, range.index, start.place, start.key, range.to, count);
      return this.#pageOf(heads, range, now, ({ value, key }) => position(value, key));
    }
    const { place, key } = range.after === undefined ? { place: "-1", key: "" } : readPosition(range.after);
    const heads = this.#lapsed.all(texts, Number(place), key, Math.min(range.lapsedBefore, now + 1), count);
    return this.#pageOf(heads, range, now, (head) => position(`${head.lapsesAt}`, head.key));
  }

  #pageOf<Row extends ListedHead>(
    found: readonly Row[],
    { limit, texts = true, textBytesMax }: Range,
    now: Moment,
    positionOf: (row: Row) => string,
  ): Page {
    const count = countOnPage(found.slice(0, limit), textBytesMax);
    const records = found
      .slice(0, count)
      .map((head) => recordOf(head.key, head, texts ? this.#heads.textOf(head.id) : null, now));
    const last = found[count - 1];
    if (found.length <= count || last === undefined) return { now, records };
    return { now, records, next: positionOf(last) };
  }
}

// The first text after all that begin with the prefix: its last byte, the slash, made one larger.
function endOf(prefix: string): string {
  return `${prefix.slice(0, -1)}0`;
}

function isBefore(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}

// Neither a key nor a place holds U+0000: it is where the place ends.
function position(place: string, key: Key): string {
  return `${place}\u0000${key}`;
}

function readPosition(after: string): { readonly place: string; readonly key: Key } {
  const end = after.indexOf("\u0000");
  return { place: after.slice(0, end), key: after.slice(end + 1) };
}
