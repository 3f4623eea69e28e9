import { type Key, type Page, pageBytesMax, type Range } from "@unclash/core";
import type { PostgresQuery, Row } from "./driver.js";
import { depthOf } from "./locks.js";
import { type Answer, readAnswersOf, recordOf } from "./record.js";
import type { Statements } from "./statements.js";

/**
 * Throws where the `after` of a range is nothing that a page of it gave as its `next`.
 *
 * @throws TypeError
 */
export function assertPosition(range: Range): void {
  if (range.after === undefined) return;
  const { after } = range;
  const position = readPosition(after);
  const fits = "lapsedBefore" in range ? /^[0-9]{1,16}$/.test(position?.place ?? "") : true;
  const hasText = "prefix" in range ? !after.includes("\u0000") : position !== undefined && fits;
  if (!hasText || !after.isWellFormed()) {
    throw new TypeError(`"after" is not what a page of this range gave as its "next".`);
  }
}

/** Where the children of a prefix stand from, `after` the place where the last page ended. */
export function startOf(range: Range): { readonly depth: number; readonly after: string; readonly end: string } {
  const prefix = "prefix" in range ? range.prefix : "";
  const { after } = range;
  return {
    depth: depthOf(prefix),
    after: after === undefined || isBefore(after, prefix) ? prefix : after,
    // The first text after all that begin with the prefix: its last byte, the slash, made one larger.
    end: `${prefix.slice(0, -1)}0`,
  };
}

/** The query for a page. One record more than the limit is looked for: it tells whether this page is the last. */
export function listQuery(range: Range, statements: Statements): PostgresQuery {
  const { limit, texts = true, textBytesMax = pageBytesMax, after } = range;
  const rest = [limit + 1, texts ? Math.min(textBytesMax, pageBytesMax) : null];
  if ("prefix" in range) {
    const start = startOf(range);
    return statements.call("list_children", [start.depth, start.after, start.end, ...rest]);
  }
  const position = after === undefined ? undefined : readPosition(after);
  if ("index" in range) {
    const start = position === undefined || isBefore(position.place, range.from) ? undefined : position;
    const { place, key } = start ?? { place: range.from, key: "" };
    return statements.call("list_index", [range.index, place, key, range.to, ...rest]);
  }
  const { place, key } = position ?? { place: "-1", key: "" };
  return statements.call("list_lapsed", [place, key, range.lapsedBefore, ...rest]);
}

/** The page that the server's answer holds. */
export function pageOf(range: Range, rows: readonly Row[]): Page {
  const { rows: found, now } = readAnswersOf(rows);
  const onPage = found.slice(0, range.limit);
  const last = onPage.at(-1);
  const records = onPage.map((answer) => recordOf(answer));
  if (last === undefined || last.n <= onPage.length) return { now, records };
  return { now, records, next: positionAfter(range, last) };
}

function positionAfter(range: Range, { kind, key }: Answer): string {
  return "prefix" in range ? (key ?? "") : `${kind}\u0000${key}`;
}

function readPosition(after: string): { readonly place: string; readonly key: Key } | undefined {
  const [place = "", key, ...others] = after.split("\u0000");
  return key === undefined || others.length > 0 ? undefined : { place, key };
}

function isBefore(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}
