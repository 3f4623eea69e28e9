import {
  countOnPage,
  type HistoryPage,
  type HistoryRequest,
  type Moment,
  type StoredRecord,
} from "@unclash/core/store";
import { firstWhere } from "./binary-search.js";
import { asRead, type Entry } from "./entry.js";
import { textLengthOf, withoutText } from "./list.js";

/** The states of one key that were asked for, the newest first. */
export function historyOf(entry: Entry | undefined, request: HistoryRequest, now: Moment): HistoryPage {
  const { before = Infinity, at = Infinity, limit, texts } = request;
  if (entry === undefined) return { now, records: [] };
  const stateAt = (index: number): StoredRecord => entry.past[index] ?? asRead(entry, now);
  // Neither versions nor times fall, so that the states asked for are found without going through those after them.
  const end = firstWhere(entry.past.length + 1, (index) => {
    const { version, modifiedAt } = stateAt(index);
    return version >= before || modifiedAt > at;
  });
  const length = Math.min(end, limit);
  const records = Array.from({ length }, (_, nth) => stateAt(end - 1 - nth));
  if (!texts) return { now, records: records.map(withoutText) };
  const count = countOnPage(records, textLengthOf);
  return { now, records: records.slice(0, count), ...(count < records.length && { more: true as const }) };
}
