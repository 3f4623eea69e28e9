import type { HistoryPage, HistoryRequest, Moment, StoredRecord } from "@unclash/core";
import { asRead, type Entry } from "./entry.js";

/** The states of one key that were asked for, the newest first. */
export function historyOf(entry: Entry | undefined, request: HistoryRequest, now: Moment): HistoryPage {
  const { before = Infinity, at = Infinity, limit, texts } = request;
  const records: StoredRecord[] = [];
  if (entry === undefined) return { now, records };
  const take = (state: StoredRecord | undefined): void => {
    if (state === undefined || state.version >= before || state.modifiedAt > at) return;
    records.push(texts ? state : { ...state, text: null });
  };
  take(asRead(entry, now));
  for (let index = entry.past.length - 1; index >= 0 && records.length < limit; index--) take(entry.past[index]);
  return { now, records };
}
