import { type ProblemEntry, parseImfFixdate } from "@unclash/core";
import type { Moment, StoredRecord } from "@unclash/core/store";
import { sentences } from "../http/sentences.js";
import type { Addressed, CollectionExchange } from "../resources/collection-exchange.js";

/**
 * The moment that `Accept-Datetime` names: its last millisecond, since the header knows seconds, and the state that it
 * names may have begun within one. What is no date of the one allowed form is added to the errors (RFC 7089 §4.5.3).
 */
export function readAcceptDatetime(value: string, errors: ProblemEntry[]): Moment | undefined {
  const second = parseImfFixdate(value);
  if (second !== undefined) return second + 999;
  errors.push({ code: "malformed-datetime", header: "Accept-Datetime", detail: sentences.acceptDatetime });
  return undefined;
}

/**
 * The state that a resource had at a moment, a tombstone too; before its first one, the first that is kept (RFC 7089
 * §4.5.3). It reads as many states as the logarithm of their number at most.
 */
export async function findStateAt(
  exchange: CollectionExchange,
  { key }: Addressed,
  at: Moment,
): Promise<StoredRecord | undefined> {
  const { reader } = exchange;
  // No state is older than the calendar of stores.
  const { records } = at < 0 ? { records: [] } : await reader.history(key, { at, limit: 1, texts: true });
  return records[0] ?? findFirst(exchange, key);
}

/** The oldest state that is kept. */
async function findFirst({ reader }: CollectionExchange, key: string): Promise<StoredRecord | undefined> {
  const newestBefore = async (before: number, texts: boolean): Promise<StoredRecord | undefined> =>
    (await reader.history(key, { before, limit: 1, texts })).records[0];
  const first = await newestBefore(2, true);
  if (first !== undefined) return first;
  const newest = (await reader.history(key, { limit: 1, texts: false })).records[0];
  if (newest === undefined) return undefined;
  // What retention removes are the oldest states: below some version there is none, and from there on there are.
  let [none, some] = [1, newest.version];
  while (some - none > 1) {
    const middle = Math.floor((none + some) / 2);
    const found = await newestBefore(middle + 1, false);
    if (found === undefined) none = middle;
    else some = found.version;
  }
  return newestBefore(some + 1, true);
}
