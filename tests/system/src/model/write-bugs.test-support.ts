import type { Commit, IndexValue, Key, Moment, Store } from "@unclash/core/store";
import { type Bug, changeCommits, changeExpectations, changeRecords, changeWrites } from "./planting.test-support.js";

/** Bugs in what a commit checks and does. */
export const writeBugs: readonly Bug[] = [
  {
    bug: "tags are not compared",
    plant: (store) =>
      changeExpectations(store, (expect) => (typeof expect === "object" && "tag" in expect ? "present" : expect)),
  },
  {
    bug: "a tombstone counts as absent",
    plant: (store) =>
      changeExpectations(store, (expect, current) => (expect === "absent" && current?.deleted ? "any" : expect)),
  },
  {
    bug: "what has lapsed counts as present",
    plant: (store) =>
      changeExpectations(store, (expect, current) =>
        expect === "present" && current?.lapsed ? { lapsed: current.tag } : expect,
      ),
  },
  {
    bug: "readings of keys are not checked",
    plant: (store) =>
      changeCommits(store, (commit) => ({ ...commit, reads: commit.reads.filter((reading) => "range" in reading) })),
  },
  {
    bug: "the reading of a range looks at its keys and not at their tags",
    plant: (store) =>
      changeCommits(store, async (commit) => {
        const reads = commit.reads.map(async (reading) => {
          if ("key" in reading) return reading;
          const there = await store.read(reading.seen.map(({ key }) => key));
          return {
            ...reading,
            seen: reading.seen.map((seen, at) => ({ ...seen, tag: there.records[at]?.tag ?? seen.tag })),
          };
        });
        return { ...commit, reads: await Promise.all(reads) };
      }),
  },
  {
    bug: "each write of a commit is carried out before the next is checked",
    plant: (store) => ({
      ...store,
      async commit(commit) {
        const results = [];
        if (commit.writes.length === 0) return store.commit(commit);
        for (const [at, write] of commit.writes.entries()) {
          const result = await store.commit({ ...commit, writes: [write], events: at === 0 ? commit.events : [] });
          if (result.kind === "clash") return result;
          results.push(...result.records);
        }
        return { kind: "committed", records: results };
      },
    }),
  },
  {
    bug: "a unique value is released only after it was looked for, so that two can't swap",
    plant: (store) => ({
      ...store,
      async commit(commit) {
        if (!(await wouldHold(store, commit))) return store.commit(commit);
        for (const write of commit.writes) {
          for (const { name, value, unique } of ("put" in write ? write.index : undefined) ?? []) {
            const { records } = await store.list({ index: name, from: value, to: value, limit: 1 });
            const holder = unique ? records[0]?.key : undefined;
            if (holder !== write.key && commit.writes.some(({ key }) => key === holder) && holder !== undefined) {
              return { kind: "clash", clashes: [{ index: name, value, key: write.key, holder }] };
            }
          }
        }
        return store.commit(commit);
      },
    }),
  },
  {
    bug: "a put without index values leaves those that were there",
    plant(store) {
      const values = new Map<Key, readonly IndexValue[]>();
      return changeWrites(store, (write) => {
        if (!("put" in write)) return write;
        const index = write.index ?? values.get(write.key);
        if (index === undefined) return write;
        values.set(write.key, index);
        return { ...write, index };
      });
    },
  },
  {
    bug: "the time of a state falls where its commit was late",
    plant(store) {
      const saidAt = new Map<string, Moment>();
      const told = changeRecords(store, (record) => ({
        ...record,
        modifiedAt: saidAt.get(record.tag) ?? record.modifiedAt,
      }));
      return changeCommits(told, (commit) => {
        saidAt.set(commit.tag, commit.at);
        return commit;
      });
    },
  },
  {
    bug: "a tombstone does not remember when its record began",
    plant: (store) =>
      changeRecords(store, (record) => (record.deleted ? { ...record, createdAt: record.modifiedAt } : record)),
  },
  {
    bug: "two commits get one revision",
    plant: (store) => changeRecords(store, (record) => ({ ...record, revision: Math.ceil(record.revision / 2) })),
  },
  {
    bug: "what is put over a lapsed record begins anew",
    plant: (store) => ({
      ...store,
      async commit(commit) {
        const [write, ...others] = commit.writes;
        if (write === undefined || !("put" in write) || others.length > 0 || write.index !== undefined) {
          return store.commit(commit);
        }
        const { records } = await store.read([write.key]);
        if (!records[0]?.lapsed || !(await wouldHold(store, commit))) return store.commit(commit);
        await store.commit({
          ...commit,
          reads: [],
          writes: [{ key: write.key, expect: "any", delete: "forget" }],
          events: [],
        });
        return store.commit({ ...commit, reads: [], writes: [{ ...write, expect: "absent" }] });
      },
    }),
  },
  {
    bug: "an extension is a new version",
    plant: (store) =>
      changeWrites(store, (write, current) =>
        "extendMs" in write && current?.text
          ? { key: write.key, expect: write.expect, put: current.text, ttlMs: write.extendMs }
          : write,
      ),
  },
  {
    bug: "a redaction is a new version",
    plant: (store) =>
      changeWrites(store, (write) =>
        "redact" in write ? { key: write.key, expect: write.expect, put: write.redact } : write,
      ),
  },
];

// Whether all that a commit expects is so.
async function wouldHold(store: Store, commit: Commit): Promise<boolean> {
  const reads = commit.writes.map(({ key, expect }) => ({ key, expect }));
  const { kind } = await store.commit({ ...commit, reads: [...commit.reads, ...reads], writes: [], events: [] });
  return kind === "committed";
}
