import { type Key, pageLimitMax, type StoredRecord } from "@unclash/core/store";
import { authorizeByDefault } from "../access/default-permissions.js";
import { fieldsIn } from "../states/representation.js";
import type { Collection } from "./collection.js";
import type { CollectionExchange } from "./collection-exchange.js";

/** What a page of a list holds, and where the next one begins. */
export interface Walked {
  readonly readable: readonly StoredRecord[];
  /**
   * `after-last`: behind the last resource that is shown, since one that the caller may read comes there. `unknown`:
   * this request has looked at as much as one may, and goes on behind this key, which may be that of a hidden resource.
   */
  readonly next: { readonly kind: "none" | "after-last" } | { readonly kind: "unknown"; readonly after: Key };
}

/** So often the store is asked for one page. */
const storeCallsMax = 10;

/** So many keys are looked at where the first call did not find enough; each further one looks at more. */
const keysAtFirst = 16;

/** The records that one call has found, and what they come to with all before. */
interface Walk {
  readonly exchange: CollectionExchange;
  readonly collection: Collection;
  readonly limit: number;
  readonly readable: StoredRecord[];
  after: Key | undefined;
  looked: number;
  bytes: number;
  /** The app looks at the fields of what it is asked about, so that keys alone are not enough. */
  needsTexts: boolean;
}

/**
 * The next resources that the caller may read. It passes over those that are hidden, and looks on for one more that is
 * not, so that a page has a `next` only where something visible follows; but at no more than `listScanMax` resources.
 */
export async function walkList(
  exchange: CollectionExchange,
  collection: Collection,
  limit: number,
  start: Key | undefined,
): Promise<Walked> {
  const prefix = `${collection.name}/`;
  const counts = { looked: 0, bytes: 0, needsTexts: false };
  const walk: Walk = { exchange, collection, limit, readable: [], after: start, ...counts };
  // Where all are shown to all, the store's own `next` says the same.
  const hidesNothing = exchange.settings.authorize === authorizeByDefault;
  const { listScanMax, pageBytesMax } = exchange.settings.requestLimits;
  const scanMax = Math.max(listScanMax, limit + 1);
  let isSkipping = false;
  for (let calls = 0; calls < storeCallsMax && walk.looked < scanMax; calls += 1) {
    const isFull = isFilled(walk);
    if (isFull && hidesNothing) return { readable: walk.readable, next: { kind: "after-last" } };
    const isShowing = !isFull && !isSkipping;
    const count = isShowing ? countWanted(walk, hidesNothing) : keysAtFirst * 4 ** calls;
    const page = await exchange.reader.list({
      prefix,
      limit: Math.min(count, scanMax - walk.looked, pageLimitMax),
      texts: isShowing || walk.needsTexts,
      textBytesMax: isFull ? pageBytesMax : Math.max(1, pageBytesMax - walk.bytes),
      ...(walk.after !== undefined && { after: walk.after }),
    });
    const found = await take(walk, page.records);
    if (found === "one more") return { readable: walk.readable, next: { kind: "after-last" } };
    if (found !== "text wanted" && page.next === undefined) return { readable: walk.readable, next: { kind: "none" } };
    isSkipping = found === "nothing";
  }
  return { readable: walk.readable, next: { kind: "unknown", after: walk.after ?? prefix } };
}

function isFilled({ exchange, readable, limit, bytes }: Walk): boolean {
  return readable.length === limit || bytes >= exchange.settings.requestLimits.pageBytesMax;
}

/** As many as are missing, and one more; where some were hidden, as many more as were up to now. */
function countWanted({ readable, limit, looked }: Walk, hidesNothing: boolean): number {
  const missing = limit - readable.length + (hidesNothing ? 0 : 1);
  return readable.length === 0 ? missing : Math.ceil((missing * looked) / readable.length);
}

/** Adds what may be read to the page; `one more` is where it is full, and something follows. */
async function take(
  walk: Walk,
  records: readonly StoredRecord[],
): Promise<"nothing" | "some" | "text wanted" | "one more"> {
  const before = walk.readable.length;
  for (const record of records) {
    const state = record.text === null ? "later" : fieldsIn(walk.collection, record);
    const verdict = await walk.exchange.ask("read", record.key, state);
    if (verdict === "unsure") {
      walk.needsTexts = true;
      return "text wanted";
    }
    walk.looked += 1;
    if (verdict === "allow") {
      if (isFilled(walk)) return "one more";
      // It was only looked for: the next call begins with it.
      if (record.text === null) return "text wanted";
      walk.readable.push(record);
      walk.bytes += record.text.length;
    }
    walk.after = record.key;
  }
  return walk.readable.length > before ? "some" : "nothing";
}
