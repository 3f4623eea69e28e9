import { setImmediate as turn } from "node:timers/promises";
import type { Key, StoredRecord } from "@unclash/core/store";
import { type Bug, changeCommits, changeExpectations, changeRecords, changeWrites } from "./bug.test-support.js";

/** Bugs in what a commit checks and writes, and in what is read. */
export const commitBugs: readonly Bug[] = [
  {
    bug: "the history hides what a redaction finds",
    caughtBy: "what the history no longer shows cannot be redacted, however little of it was cleaned away",
    plant: (store) => ({
      ...store,
      async history(key, request) {
        const page = await store.history(key, request);
        return { ...page, records: page.records.slice(0, 1) };
      },
    }),
  },
  {
    bug: "tags are not compared",
    caughtBy: "a write over a living record clashes unless it expects any or present or its tag",
    plant: (store) =>
      changeExpectations(store, (expect) => (typeof expect !== "string" && "tag" in expect ? "present" : expect)),
  },
  {
    bug: "tags are compared without regard to case",
    caughtBy: "a tag is told from one that differs only in case",
    plant: (store) =>
      changeExpectations(store, (expect, current) =>
        typeof expect !== "string" && "tag" in expect && current?.tag.toLowerCase() === expect.tag.toLowerCase()
          ? { tag: current.tag }
          : expect,
      ),
  },
  {
    bug: "any tombstone will do where one with a tag is expected",
    caughtBy: "a write over a tombstone clashes unless it expects any or its tag, gone",
    plant: (store) =>
      changeExpectations(store, (expect, current) =>
        typeof expect !== "string" && "gone" in expect && current?.deleted ? { gone: current.tag } : expect,
      ),
  },
  {
    bug: "a tombstone counts as absent",
    caughtBy: "a commit that read a tombstone clashes unless it expects any or its tag, gone",
    plant: (store) =>
      changeExpectations(store, (expect, current) => (expect === "absent" && current?.deleted ? "any" : expect)),
  },
  {
    bug: "readings of keys are not checked",
    caughtBy: "a commit that read a key that was never there clashes unless it expects any or absent",
    plant: (store) =>
      changeCommits(store, (commit) => ({ ...commit, reads: commit.reads.filter((reading) => "range" in reading) })),
  },
  {
    bug: "a commit that writes nothing is not checked",
    caughtBy: "a commit that only reads tells whether all of it still holds",
    plant: (store) =>
      changeCommits(store, (commit) => (commit.writes.length === 0 ? { ...commit, reads: [] } : commit)),
  },
  {
    bug: "each write is committed before the next one is checked",
    caughtBy: "a commit whose last expectation fails leaves all keys as they were",
    plant: (store) => ({
      ...store,
      async commit(commit) {
        const records: (StoredRecord | null)[] = [];
        for (const write of commit.writes) {
          const result = await store.commit({ ...commit, writes: [write] });
          if (result.kind === "clash") return result;
          records.push(...result.records);
        }
        return commit.writes.length === 0 ? store.commit(commit) : { kind: "committed", records };
      },
    }),
  },
  {
    bug: "another may come between the check and the act",
    caughtBy: "of 50 commits over the same tag at once, one wins, and the others are told what is there now",
    plant: (store) => ({
      ...store,
      async commit(commit) {
        const checks = commit.writes.map(({ key, expect }) => ({ key, expect }));
        const checked = await store.commit({ ...commit, reads: [...commit.reads, ...checks], writes: [], events: [] });
        if (checked.kind === "clash") return checked;
        await turn();
        return store.commit({
          ...commit,
          reads: [],
          writes: commit.writes.map((write) => ({ ...write, expect: "any" })),
        });
      },
    }),
  },
  {
    bug: "only the first clash is named",
    caughtBy: "every expectation that failed is named, with what is there instead",
    plant: (store) => ({
      ...store,
      async commit(commit) {
        const result = await store.commit(commit);
        return result.kind === "clash" ? { ...result, clashes: result.clashes.slice(0, 1) } : result;
      },
    }),
  },
  {
    bug: "a clash does not say what is there instead",
    caughtBy: "of 50 commits over the same tag at once, one wins, and the others are told what is there now",
    plant: (store) => ({
      ...store,
      async commit(commit) {
        const result = await store.commit(commit);
        if (result.kind === "committed") return result;
        return { ...result, clashes: result.clashes.map((clash) => ("current" in clash ? { key: clash.key } : clash)) };
      },
    }),
  },
  {
    bug: "the results come in the order of their keys",
    caughtBy: "a commit's results stand in the order of its writes, whatever they do",
    plant: (store) =>
      changeCommits(store, (commit) => ({
        ...commit,
        writes: commit.writes.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
      })),
  },
  {
    bug: "versions begin again after a tombstone",
    caughtBy: "versions count the puts and deletions of a key, also past a tombstone",
    plant(store) {
      const buried = new Map<Key, number>();
      return changeRecords(store, (record) => {
        if (record.deleted) buried.set(record.key, record.version);
        const before = buried.get(record.key) ?? 0;
        return record.version > before ? { ...record, version: record.version - before } : record;
      });
    },
  },
  {
    bug: "revisions do not grow",
    caughtBy: "revisions grow along commits that depend on each other",
    plant: (store) => changeRecords(store, (record) => ({ ...record, revision: 1 })),
  },
  {
    bug: "revisions count for each key, and begin again when it is forgotten",
    caughtBy: "revisions grow with each write of a key, past tombstones and forgetting",
    plant: (store) => changeRecords(store, (record) => ({ ...record, revision: record.version })),
  },
  {
    bug: "a state's time is the store's, not the commit's",
    caughtBy: "the time of a state is that of its commit, and the record's beginning is that of its first put",
    plant: (store) => changeCommits(store, async (commit) => ({ ...commit, at: (await store.read([])).now })),
  },
  {
    bug: "what is put in a tombstone's place keeps its beginning",
    caughtBy: "a tombstone keeps the beginning of its record, and what is put in its place begins anew",
    plant(store) {
      const beginnings = new Map<Key, number>();
      return changeRecords(store, (record) => {
        const createdAt = beginnings.get(record.key) ?? record.createdAt;
        beginnings.set(record.key, createdAt);
        return { ...record, createdAt };
      });
    },
  },
  {
    bug: "forgetting leaves a tombstone",
    caughtBy: "forgetting leaves nothing: no record, no tombstone, no history",
    plant: (store) => changeWrites(store, (write) => ("delete" in write ? { ...write, delete: "tombstone" } : write)),
  },
  {
    bug: "forgetting leaves the history",
    caughtBy: "forgetting leaves nothing: no record, no tombstone, no history",
    plant(store) {
      const archive = new Map<Key, readonly StoredRecord[]>();
      return {
        ...changeCommits(store, async (commit) => {
          for (const { key } of commit.writes) {
            archive.set(key, (await store.history(key, { limit: 1_000, texts: true })).records);
          }
          return commit;
        }),
        async history(key, request) {
          const page = await store.history(key, request);
          return page.records.length > 0 ? page : { ...page, records: archive.get(key) ?? [] };
        },
      };
    },
  },
  {
    bug: "deleting what is not there clashes",
    caughtBy: "deleting what is not there does nothing and gives null",
    plant: (store) => changeWrites(store, (write) => ("delete" in write ? { ...write, expect: "present" } : write)),
  },
  {
    bug: "a text is encoded anew",
    caughtBy: "a text is returned byte for byte: a whole number beyond 2^53",
    plant: (store) =>
      changeWrites(store, (write) =>
        "put" in write ? { ...write, put: JSON.stringify(JSON.parse(write.put)) } : write,
      ),
  },
  {
    bug: "a text is normalised",
    caughtBy: "a text is returned byte for byte: one character written in two ways",
    plant: (store) => changeRecords(store, (record) => ({ ...record, text: record.text?.normalize() ?? null })),
  },
  {
    bug: "a text is cut at 64 KiB",
    caughtBy: "a text of 1 MiB is returned byte for byte",
    plant: (store) => changeRecords(store, (record) => ({ ...record, text: record.text?.slice(0, 65_536) ?? null })),
  },
  {
    bug: "an anonymous actor gets a name",
    caughtBy: "an anonymous actor is null",
    plant: (store) => changeRecords(store, (record) => ({ ...record, by: record.by ?? "" })),
  },
  {
    bug: "keys are members of an object, which has some of its own",
    caughtBy: "any key names its own record: names that objects have, wildcards, quotes, Unicode, upper and lower case",
    plant: (store) => ({
      ...store,
      async read(keys) {
        const { now, records } = await store.read(keys);
        return { now, records: records.map((record) => (record && record.key in {} ? undefined : record)) };
      },
    }),
  },
  {
    bug: "keys are told apart without regard to case",
    caughtBy: "any key names its own record: names that objects have, wildcards, quotes, Unicode, upper and lower case",
    plant: (store) => ({
      ...changeCommits(store, (commit) => ({
        ...commit,
        writes: commit.writes.map((write) => ({ ...write, key: write.key.toLowerCase() })),
      })),
      read: (keys) => store.read(keys.map((key) => key.toLowerCase())),
    }),
  },
  {
    bug: "a read fetches its keys one after the other",
    caughtBy: "a read and a list never show half of a commit",
    plant: (store) => ({
      ...store,
      async read(keys) {
        const { now } = await store.read([]);
        const records: (StoredRecord | undefined)[] = [];
        for (const key of keys) {
          await turn();
          records.push(...(await store.read([key])).records);
        }
        return { now, records };
      },
    }),
  },
  {
    bug: "a read leaves out what is not there",
    caughtBy: "a read gives the records in the order of its keys, and nothing where nothing is",
    plant: (store) => ({
      ...store,
      async read(keys) {
        const { now, records } = await store.read(keys);
        return { now, records: records.filter((record) => record !== undefined) };
      },
    }),
  },
  {
    bug: "a key that is written twice is written once",
    caughtBy: "a mistake of the caller is a TypeError, and nothing is written: a commit that writes a key twice",
    plant: (store) =>
      changeCommits(store, (commit) => ({
        ...commit,
        writes: [...new Map(commit.writes.map((write) => [write.key, write])).values()],
      })),
  },
  {
    bug: "closing does not end the store",
    caughtBy: "after it was closed, a store refuses to commit: a StoreError that says nothing was applied",
    plant: (store) => ({ ...store, close: async () => {} }),
  },
];
