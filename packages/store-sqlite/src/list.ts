import {
  childrenOf,
  countOnPage,
  formatPosition,
  indexStartOf,
  type Moment,
  type Page,
  pageBytesOf,
  parsePosition,
  type Range,
} from "@unclash/core/store";
import { type Query, query, type SqliteDatabase } from "./driver.js";
import { type Heads, type ListedHead, listedHeadColumns } from "./head.js";
import { recordOf, sizeOf } from "./state.js";
import type { Transactions } from "./transaction.js";

interface ListedHeadWithValue extends ListedHead {
  readonly value: string;
}

/** One page of a range, in one view: that of one statement, or of a read transaction where texts are to follow. */
export function list(
  range: Range,
  { ranges, transactions }: { readonly ranges: Ranges; readonly transactions: Transactions },
  now: Moment,
): Page {
  if (range.texts === false) return ranges.page(range, now);
  return transactions.reading(() => ranges.page(range, now));
}

/** What reads a range in one direction, and what reads it backwards. */
interface BothWays<Row> {
  readonly ascending: Query<Row>;
  readonly descending: Query<Row>;
}

/** The ranges of records. */
export class Ranges {
  readonly #heads: Heads;
  readonly #children: BothWays<ListedHead>;
  readonly #index: BothWays<ListedHeadWithValue>;
  readonly #lapsed: Query<ListedHead>;

  constructor(database: SqliteDatabase, heads: Heads) {
    this.#heads = heads;
    const children = (direction: "ASC" | "DESC"): Query<ListedHead> =>
      query(
        database,
        `SELECT ${listedHeadColumns}
        FROM head WHERE head.deleted = 0 AND head.depth = ? AND head.key > ? AND head.key < ?
        ORDER BY head.key ${direction} LIMIT ?`,
      );
    this.#children = { ascending: children("ASC"), descending: children("DESC") };
    const index = (bounds: string, direction: "ASC" | "DESC"): Query<ListedHeadWithValue> =>
      query(
        database,
        `SELECT ${listedHeadColumns}, claim.value AS value
        FROM claim CROSS JOIN head ON head.id = claim.id
        WHERE claim.name = ? AND ${bounds}
        ORDER BY claim.value ${direction}, claim.key ${direction} LIMIT ?`,
      );
    this.#index = {
      ascending: index("(claim.value, claim.key) > (?, ?) AND claim.value <= ?", "ASC"),
      descending: index("(claim.value, claim.key) < (?, ?) AND claim.value >= ?", "DESC"),
    };
    this.#lapsed = query(
      database,
      `SELECT ${listedHeadColumns}
      FROM head WHERE head.lapsesAt IS NOT NULL AND (head.lapsesAt, head.key) > (?, ?) AND head.lapsesAt < ?
      ORDER BY head.lapsesAt, head.key LIMIT ?`,
    );
  }

  /**
   * One page of a range, as it is read at this moment. It begins no transaction, since a commit asks for pages in its
   * own: with texts it is one view only inside one.
   */
  page(range: Range, now: Moment): Page {
    const texts = range.texts === false ? 0 : 1;
    // One more than the limit is looked for: it tells whether this page is the last.
    const count = range.limit + 1;
    if ("prefix" in range) {
      const { depth, after, end } = childrenOf(range);
      const { ascending, descending } = this.#children;
      const heads = (range.descending ? descending : ascending).all(texts, depth, after, end, count);
      return this.#pageOf(heads, range, now, ({ key }) => key);
    }
    if ("index" in range) {
      const { place, key } = indexStartOf(range);
      const { ascending, descending } = this.#index;
      const heads = range.descending
        ? descending.all(texts, range.index, place, key, range.from, count)
        : ascending.all(texts, range.index, place, key, range.to, count);
      return this.#pageOf(heads, range, now, (head) => formatPosition(head.value, head.key));
    }
    const position = range.after === undefined ? undefined : parsePosition(range.after);
    const { place, key } = position ?? { place: "-1", key: "" };
    const heads = this.#lapsed.all(texts, Number(place), key, Math.min(range.lapsedBefore, now + 1), count);
    return this.#pageOf(heads, range, now, (head) => formatPosition(`${head.lapsesAt}`, head.key));
  }

  #pageOf<Row extends ListedHead>(
    found: readonly Row[],
    range: Range,
    now: Moment,
    positionOf: (row: Row) => string,
  ): Page {
    const { limit, texts = true } = range;
    const count = countOnPage(found.slice(0, limit), sizeOf, pageBytesOf(range));
    const records = found
      .slice(0, count)
      .map((head) => recordOf(head.key, head, texts ? this.#heads.textOf(head.id) : null, now));
    const last = found[count - 1];
    if (found.length <= count || last === undefined) return { now, records };
    return { now, records, next: positionOf(last) };
  }
}
