import { type ComparedState, isMet, isTombstone } from "./expectation.js";
import type { Clash, Commit, IndexValue, Reading, Write } from "./port.js";
import type { Range } from "./range.js";
import type { Key, Moment, StoredRecord, Tag, Version } from "./record.js";
import { uniqueClashes } from "./unique-clashes.js";

/** What a store looks up to check a commit, all in one consistent view. `State` is a state as the store holds it. */
export interface CommitView<State extends ComparedState> {
  /** The current state of a key, a tombstone too. */
  current(key: Key): State | undefined;
  /** The state of this version of a key, the current one or a past one. */
  version(current: State, version: Version): Pick<ComparedState, "deleted"> | undefined;
  /** The records of a range, which has a prefix. Their texts are not looked at. */
  page(range: Range, now: Moment): readonly { readonly key: Key; readonly tag: Tag }[];
  /** At most `limit` keys of those that hold a value. */
  holders(value: IndexValue, limit: number): readonly Key[];
  /** A current state as callers get it, without its text, marked where it has lapsed. */
  recordOf(current: State, now: Moment): StoredRecord;
}

/**
 * Every reason not to carry out a commit at this moment: readings, then writes, then unique values.
 *
 * @param heads the current state of each key that is written, in the order of the writes
 */
export function clashesOf<State extends ComparedState>(
  commit: Commit,
  heads: readonly (State | undefined)[],
  view: CommitView<State>,
  now: Moment,
): readonly Clash[] {
  const clashes: Clash[] = [];
  const clashOn = (key: Key, current: State | undefined, version?: Version): Clash => ({
    key,
    ...(current !== undefined && { current: view.recordOf(current, now) }),
    ...(version !== undefined && { version }),
  });
  for (const reading of commit.reads) {
    if ("key" in reading) {
      const current = view.current(reading.key);
      if (!isMet(reading.expect, current, now)) clashes.push(clashOn(reading.key, current));
    } else if (!stillHolds(reading, view, now)) {
      clashes.push({ range: reading.range });
    }
  }
  for (const [at, write] of commit.writes.entries()) {
    const head = heads[at];
    if (!isMet(write.expect, head, now)) clashes.push(clashOn(write.key, head));
    // Where only the state to redact is not there, trying again would never help: the clash names its version.
    else if (!isPossible(write, head, view)) clashes.push(clashOn(write.key, head, versionOf(write)));
  }
  clashes.push(...uniqueClashes(commit.writes, (value, released) => holderAmong(view, value, released)));
  return clashes;
}

// A unique value has one holder, so that among one more than are released there is the one that is not, or none.
function holderAmong(
  view: Pick<CommitView<never>, "holders">,
  value: IndexValue,
  released: ReadonlySet<Key>,
): Key | undefined {
  return view.holders(value, released.size + 1).find((key) => !released.has(key));
}

function stillHolds(
  { range, seen }: Extract<Reading, { range: unknown }>,
  view: Pick<CommitView<never>, "page">,
  now: Moment,
): boolean {
  const found = view.page({ ...range, texts: false }, now);
  return (
    found.length === seen.length && seen.every(({ key, tag }, at) => found[at]?.key === key && found[at].tag === tag)
  );
}

// Nothing can be extended, or redacted, where there is nothing: whatever was expected, that is a clash.
function isPossible<State extends ComparedState>(
  write: Write,
  head: State | undefined,
  view: Pick<CommitView<State>, "version">,
): boolean {
  if ("extendMs" in write) return head !== undefined && !isTombstone(head);
  if (!("redact" in write)) return true;
  const state = head && view.version(head, write.version);
  return state !== undefined && !isTombstone(state);
}

function versionOf(write: Write): Version | undefined {
  return "redact" in write ? write.version : undefined;
}
