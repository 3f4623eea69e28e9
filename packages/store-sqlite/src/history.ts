import {
  countOnPage,
  type HistoryPage,
  type HistoryRequest,
  type Key,
  type Moment,
  type Version,
} from "@unclash/core/store";
import type { Head } from "./head.js";
import type { Log } from "./log.js";
import { recordOf, sizeOf } from "./state.js";
import type { Tables } from "./tables.js";

/**
 * The states of one key that were asked for, the newest first, in one view. No text is loaded that is not on the page.
 */
export function historyOf(key: Key, request: HistoryRequest, tables: Tables, now: Moment): HistoryPage {
  const { before = Number.MAX_SAFE_INTEGER, at = Number.MAX_SAFE_INTEGER, limit, texts } = request;
  const { transactions, heads, log } = tables;
  return transactions.reading(() => {
    const head = heads.get(key);
    if (head === undefined) return { now, records: [] };
    const isAsked = head.version < before && head.modifiedAt <= at;
    const text = isAsked && texts ? heads.textOf(head.id) : null;
    const current = isAsked ? [recordOf(key, head, text, now)] : [];
    const past =
      current.length < limit ? log.page(head.id, endOf(log, head, before, at), limit - current.length, texts) : [];
    // The current state stands first, or a row without a text in its place.
    const count = countOnPage([{ size: text === null ? null : Buffer.byteLength(text) }, ...past], sizeOf) - 1;
    const onPage = past.slice(0, count).map((state) => recordOf(key, state, texts ? log.textAt(state.position) : null));
    return { now, records: [...current, ...onPage], ...(count < past.length && { more: true as const }) };
  });
}

/** The version before which all past states are that were there at a moment. */
function endOf(log: Log, { id, version, modifiedAt }: Head, before: Version, at: Moment): Version {
  const end = Math.min(before, version);
  return at >= modifiedAt ? end : log.endAt(id, end, at);
}
