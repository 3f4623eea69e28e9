import assert from "node:assert/strict";
import { type Key, pageBytesMax, type Range, type Store, type StoredRecord, type Text } from "@unclash/core/store";

/** Orders two texts by their bytes in UTF-8. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The texts in the order of their bytes in UTF-8. */
export function byBytes(texts: readonly string[]): readonly string[] {
  return [...texts].sort(compareBytes);
}

/** Walks over all pages of a range. Every page but the last must be full, and the last one must say that it is. */
export async function walk(store: Store, range: Range): Promise<readonly Key[]> {
  const keys: Key[] = [];
  let page = await store.list(range);
  for (let pages = 0; page.next !== undefined; pages++) {
    assert(pages < 1_000, "a walk over a small range ends");
    assert.equal(page.records.length, range.limit, "a page that is followed by another is full");
    keys.push(...page.records.map(({ key }) => key));
    page = await store.list({ ...range, after: page.next });
  }
  assert(page.records.length <= range.limit, "a page holds no more than its limit");
  keys.push(...page.records.map(({ key }) => key));
  return keys;
}

/** A JSON text of 1 MiB, all ASCII, that no other number has. */
export function largeText(n: number): Text {
  return JSON.stringify(`${n} `.padEnd(1_048_574, "x"));
}

/** Shows that a page ends with the record whose text brings its texts to 8 MiB, at the latest, and holds something. */
export function assertBounded(records: readonly StoredRecord[]): void {
  assert(records.length > 0, "a page holds at least one record where there is one");
  const before = records.slice(0, -1).reduce((sum, { text }) => sum + (text?.length ?? 0), 0);
  assert(before < pageBytesMax, `a page goes on only below ${pageBytesMax} bytes, not after ${before}`);
}
