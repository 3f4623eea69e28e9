import type { HistoryPage, HistoryRequest, Key, Moment, StoredRecord } from "@unclash/core";
import { recordOf } from "./state.js";
import type { Tables } from "./tables.js";

/** The states of one key that were asked for, the newest first, in one view. */
export function historyOf(key: Key, request: HistoryRequest, tables: Tables, now: Moment): HistoryPage {
  const { before = Number.MAX_SAFE_INTEGER, at = Number.MAX_SAFE_INTEGER, limit, texts } = request;
  return tables.transactions.reading(() => {
    const head = tables.heads.getWithText(key);
    if (head === undefined) return { now, records: [] };
    const records: StoredRecord[] = [];
    if (head.version < before && head.modifiedAt <= at) {
      records.push(recordOf(key, head, texts ? head.text : null, now));
    }
    if (records.length < limit) {
      const past = tables.log.page(head.id, Math.min(before, head.version), at, limit - records.length, texts);
      for (const state of past) records.push(recordOf(key, state, state.text));
    }
    return { now, records };
  });
}
