import {
  childrenOf,
  formatPosition,
  indexStartOf,
  type Page,
  pageBytesOf,
  parsePosition,
  type Range,
} from "@unclash/core/store";
import type { PostgresQuery, Row } from "./driver.js";
import { type Answer, readAnswersOf, recordOf } from "./record.js";
import type { Statements } from "./statements.js";

/** The query for a page. One record more than the limit is looked for: it tells whether this page is the last. */
export function listQuery(range: Range, statements: Statements): PostgresQuery {
  const { limit, texts = true, after } = range;
  const rest = [limit + 1, texts ? pageBytesOf(range) : null];
  if ("prefix" in range) {
    const start = childrenOf(range);
    const list = range.descending ? "listChildrenDown" : "listChildren";
    return statements.call(list, [start.depth, start.after, start.end, ...rest]);
  }
  if ("index" in range) {
    const { place, key } = indexStartOf(range);
    if (range.descending) return statements.call("listIndexDown", [range.index, place, key, range.from, ...rest]);
    return statements.call("listIndex", [range.index, place, key, range.to, ...rest]);
  }
  const position = after === undefined ? undefined : parsePosition(after);
  const { place, key } = position ?? { place: "-1", key: "" };
  return statements.call("listLapsed", [place, key, range.lapsedBefore, ...rest]);
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
  return "prefix" in range ? (key ?? "") : formatPosition(kind ?? "", key ?? "");
}
