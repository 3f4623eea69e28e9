import {
  type Clash,
  type Commit,
  type IndexValue,
  type Key,
  type Moment,
  type Reading,
  uniqueClashes,
  type Version,
  type Write,
} from "@unclash/core";
import { isMet } from "./expectation.js";
import type { Head } from "./head.js";
import { recordOf } from "./state.js";
import type { Tables } from "./tables.js";

/** What a commit would meet: nothing in its way, with the heads that it writes over, in the order of its writes. */
export type Check =
  | { readonly kind: "clear"; readonly heads: readonly (Head | undefined)[] }
  | { readonly kind: "clash"; readonly clashes: readonly Clash[] };

/**
 * Every reason not to carry out this commit at this moment: readings, then writes, then unique values. Writes nothing,
 * so that a commit that clashes leaves its group as it was.
 */
export function check(commit: Commit, tables: Tables, now: Moment): Check {
  const clashes: Clash[] = [];
  for (const reading of commit.reads) {
    if ("key" in reading) {
      if (!isMet(reading.expect, tables.heads.get(reading.key), now)) clashes.push(clashOn(reading.key, tables, now));
    } else if (!stillHolds(reading, tables, now)) {
      clashes.push({ range: reading.range });
    }
  }
  const heads = commit.writes.map(({ key }) => tables.heads.get(key));
  for (const [at, write] of commit.writes.entries()) {
    if (!isMet(write.expect, heads[at], now)) clashes.push(clashOn(write.key, tables, now));
    else if (!isPossible(write, heads[at], tables)) {
      clashes.push({ ...clashOn(write.key, tables, now), ...missing(write) });
    }
  }
  clashes.push(...uniqueClashes(commit.writes, (value, released) => holderOf(tables.claims, value, released)));
  return clashes.length > 0 ? { kind: "clash", clashes } : { kind: "clear", heads };
}

// A unique value has one holder, so that among one more than are released there is the one that is not, or none.
function holderOf(claims: Tables["claims"], value: IndexValue, released: ReadonlySet<Key>): Key | undefined {
  return claims.holders(value, released.size + 1).find(({ key }) => !released.has(key))?.key;
}

function stillHolds(reading: Extract<Reading, { range: unknown }>, tables: Tables, now: Moment): boolean {
  const { records } = tables.ranges.page({ ...reading.range, texts: false }, now);
  return (
    records.length === reading.seen.length &&
    reading.seen.every(({ key, tag }, at) => records[at]?.key === key && records[at].tag === tag)
  );
}

// Nothing can be extended, or redacted, where there is nothing: whatever was expected, that is a clash.
function isPossible(write: Write, head: Head | undefined, tables: Tables): boolean {
  if ("extendMs" in write) return head?.deleted === 0;
  if (!("redact" in write)) return true;
  if (head === undefined) return false;
  const state = head.version === write.version ? head : tables.log.get(head.id, write.version);
  return state?.deleted === 0;
}

// Where the expectation holds and only the state to redact is not there, trying again would never help.
function missing(write: Write): { readonly version?: Version } {
  return "redact" in write ? { version: write.version } : {};
}

function clashOn(key: Key, { heads }: Tables, now: Moment): Extract<Clash, { current?: unknown }> {
  const head = heads.get(key);
  return head === undefined ? { key } : { key, current: recordOf(key, head, null, now) };
}
