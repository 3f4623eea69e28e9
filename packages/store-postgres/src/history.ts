import { type HistoryPage, type HistoryRequest, type Key, pageBytesMax } from "@unclash/core/store";
import type { PostgresQuery, Row } from "./driver.js";
import { readAnswersOf, recordOf } from "./record.js";
import type { Statements } from "./statements.js";

/** The query for the states of one key. */
export function historyQuery(key: Key, request: HistoryRequest, statements: Statements): PostgresQuery {
  const { before = Number.MAX_SAFE_INTEGER, at = Number.MAX_SAFE_INTEGER, limit, texts } = request;
  return statements.call("history", [key, before, at, limit, texts ? pageBytesMax : null]);
}

/** The page that the server's answer holds: it says of each state how many were found. */
export function historyPageOf(rows: readonly Row[]): HistoryPage {
  const { rows: found, now } = readAnswersOf(rows);
  const count = found[0]?.n ?? 0;
  return {
    now,
    records: found.map((answer) => recordOf(answer)),
    ...(count > found.length && { more: true as const }),
  };
}
