import assert from "node:assert/strict";
import type { Key, Range, Store } from "@unclash/core";

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
