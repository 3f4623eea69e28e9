import type { HistoryPage, HistoryRequest, Moment, StoredRecord } from "@unclash/core";
import { asRead, type Entry } from "./entry.js";
import { countOnPage, withoutText } from "./page-bytes.js";

/** The states of one key that were asked for, the newest first. */
export function historyOf(entry: Entry | undefined, request: HistoryRequest, now: Moment): HistoryPage {
  const { before = Infinity, at = Infinity, limit, texts } = request;
  const records: StoredRecord[] = [];
  if (entry === undefined) return { now, records };
  const take = (state: StoredRecord | undefined): void => {
    if (state === undefined || state.version >= before || state.modifiedAt > at) return;
    records.push(state);
  };
  take(asRead(entry, now));
  for (let index = entry.past.length - 1; index >= 0 && records.length < limit; index--) take(entry.past[index]);
  if (!texts) return { now, records: records.map(withoutText) };
  const count = countOnPage(records);
  return { now, records: records.slice(0, count), ...(count < records.length && { more: true as const }) };
}
