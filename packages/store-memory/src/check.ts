import type { Clash, Commit, Key, Moment, Reading, Write } from "@unclash/core";
import { asRead } from "./entry.js";
import { isMet } from "./expectation.js";
import { list } from "./list.js";
import type { Records } from "./records.js";
import { uniqueClashes } from "./unique.js";

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
    if (!isPossible(write, records, now)) clashes.push(clashOn(write.key, records, now));
  }
  if (commit.writes.some((write) => "put" in write && write.index !== undefined)) {
    clashes.push(...uniqueClashes(commit.writes, records));
  }
  return clashes;
}

function stillHolds(reading: Extract<Reading, { range: unknown }>, records: Records, now: Moment): boolean {
  const { records: found } = list(reading.range, records, now);
  return (
    found.length === reading.seen.length &&
    reading.seen.every(({ key, tag }, at) => found[at]?.key === key && found[at].tag === tag)
  );
}

// Nothing can be extended, or redacted, where there is nothing: whatever was expected, that is a clash.
function isPossible(write: Write, records: Records, now: Moment): boolean {
  const entry = records.get(write.key);
  if (!isMet(write.expect, entry?.current, now)) return false;
  if ("extendMs" in write) return entry !== undefined && entry.current.deleted !== true;
  if (!("redact" in write)) return true;
  if (entry === undefined) return false;
  const { current, past } = entry;
  const state = current.version === write.version ? current : past.find(({ version }) => version === write.version);
  return state !== undefined && state.deleted !== true;
}

function clashOn(key: Key, records: Records, now: Moment): Clash {
  const entry = records.get(key);
  return entry === undefined ? { key } : { key, current: asRead(entry, now) };
}
