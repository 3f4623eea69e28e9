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
import { asRead } from "./entry.js";
import { isMet } from "./expectation.js";
import { list } from "./list.js";
import type { Records } from "./records.js";

/** Every reason not to carry out this commit at this moment: readings, then writes, then unique values. */
export function clashesOf(commit: Commit, records: Records, now: Moment): Clash[] {
  const clashes: Clash[] = [];
  for (const reading of commit.reads) {
    if ("key" in reading) {
      const current = records.get(reading.key)?.current;
      if (!isMet(reading.expect, current, now)) clashes.push(clashOn(reading.key, records, now));
    } else if (!stillHolds(reading, records, now)) {
      clashes.push({ range: reading.range });
    }
  }
  for (const write of commit.writes) {
    if (!isMet(write.expect, records.get(write.key)?.current, now)) clashes.push(clashOn(write.key, records, now));
    else if (!isPossible(write, records)) clashes.push({ ...clashOn(write.key, records, now), ...missing(write) });
  }
  clashes.push(...uniqueClashes(commit.writes, (value, released) => holderOf(records, value, released)));
  return clashes;
}

// A unique value has one holder, so that among one more than are released there is the one that is not, or none.
function holderOf(records: Records, { name, value }: IndexValue, released: ReadonlySet<Key>): Key | undefined {
  const holders = records.indexes.after(name, { value, key: "" }, released.size + 1);
  return holders.find((entry) => entry.value === value && !released.has(entry.key))?.key;
}

function stillHolds(reading: Extract<Reading, { range: unknown }>, records: Records, now: Moment): boolean {
  const { records: found } = list({ ...reading.range, texts: false }, records, now);
  return (
    found.length === reading.seen.length &&
    reading.seen.every(({ key, tag }, at) => found[at]?.key === key && found[at].tag === tag)
  );
}

// Nothing can be extended, or redacted, where there is nothing: whatever was expected, that is a clash.
function isPossible(write: Write, records: Records): boolean {
  const entry = records.get(write.key);
  if ("extendMs" in write) return entry !== undefined && entry.current.deleted !== true;
  if (!("redact" in write)) return true;
  if (entry === undefined) return false;
  const { current, past } = entry;
  const state = current.version === write.version ? current : past.find(({ version }) => version === write.version);
  return state !== undefined && state.deleted !== true;
}

// Where the expectation holds and only the state to redact is not there, trying again would never help.
function missing(write: Write): { readonly version?: Version } {
  return "redact" in write ? { version: write.version } : {};
}

function clashOn(key: Key, records: Records, now: Moment): Extract<Clash, { current?: unknown }> {
  const entry = records.get(key);
  return entry === undefined ? { key } : { key, current: { ...asRead(entry, now), text: null } };
}
