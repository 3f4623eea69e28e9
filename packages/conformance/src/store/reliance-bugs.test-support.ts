import type { Expectation, Store, StoredRecord, Tag } from "@unclash/core/store";
import { type Bug, changeCommits } from "./bug.test-support.js";

/** Bugs in what a commit of one put relies on: stores have a shorter way for it. */
export const relianceBugs: readonly Bug[] = [
  {
    bug: "what a single put relies on as absent is not looked at",
    caughtBy: "a put over a tag clashes where a key that it relies on as absent is there: alive, deleted or lapsed",
    plant: (store) =>
      changeCommits(store, (commit) => ({
        ...commit,
        reads: commit.writes.length === 1 ? commit.reads.filter((reading) => "range" in reading) : commit.reads,
      })),
  },
  {
    bug: "a single put takes any living record for the one that it relies on",
    caughtBy: "a put over a tag that relies on a living record clashes unless it expects any or present or its tag",
    plant: (store) => changeReadingsOfPuts(store, (expect, current) => (current?.tag ? { tag: current.tag } : expect)),
  },
  {
    bug: "a single put takes a lapsed record for a living one",
    caughtBy: "a put over a tag that relies on a lapsed record clashes unless it expects any or its tag, lapsed",
    plant: (store) =>
      changeReadingsOfPuts(store, (expect, current) =>
        current?.lapsed && expect.tag === current.tag ? { lapsed: expect.tag } : expect,
      ),
  },
  {
    bug: "a single put takes a tombstone for the record that it deleted",
    caughtBy: "a put over a tag that relies on a tombstone clashes unless it expects any or its tag, gone",
    plant: (store) =>
      changeReadingsOfPuts(store, (expect, current) =>
        current?.deleted && expect.tag === current.tag ? { gone: expect.tag } : expect,
      ),
  },
];

// Changes what a commit of one put expects of a key that it reads by its tag.
function changeReadingsOfPuts(
  store: Store,
  change: (expect: { readonly tag: Tag }, current: StoredRecord | undefined) => Expectation,
): Store {
  return changeCommits(store, async (commit) => {
    const [write, ...others] = commit.writes;
    if (write === undefined || !("put" in write) || others.length > 0) return commit;
    const reads = commit.reads.map(async (reading) => {
      if (!("key" in reading) || typeof reading.expect === "string" || !("tag" in reading.expect)) return reading;
      const [current] = (await store.read([reading.key])).records;
      return { ...reading, expect: change(reading.expect, current) };
    });
    return { ...commit, reads: await Promise.all(reads) };
  });
}
