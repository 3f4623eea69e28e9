import type { IndexValue, Key, Range, Store, StoredRecord, Write } from "@unclash/core/store";
import { type Bug, changeCommits, changeExpectations, changeWrites } from "./bug.test-support.js";

/** Bugs in ranges, their readings, indexes and unique values. */
export const rangeBugs: readonly Bug[] = [
  {
    bug: "readings of ranges are not checked",
    caughtBy: "a range that was read no longer holds where a record appeared at its end",
    plant: (store) =>
      changeCommits(store, (commit) => ({ ...commit, reads: commit.reads.filter((reading) => "key" in reading) })),
  },
  {
    bug: "a reading of a range only asks whether the records that were seen are unchanged",
    caughtBy: "of many commits that join a range which they all read as empty, one succeeds",
    plant: (store) =>
      changeCommits(store, (commit) => ({
        ...commit,
        reads: commit.reads.flatMap((reading) =>
          "key" in reading ? [reading] : reading.seen.map(({ key, tag }) => ({ key, expect: { tag } })),
        ),
      })),
  },
  {
    bug: "a reading of a page looks at the whole range",
    caughtBy: "a reading of a first page relies on that page alone",
    plant: (store) =>
      changeCommits(store, (commit) => ({
        ...commit,
        reads: commit.reads.map((reading) =>
          "range" in reading ? { ...reading, range: { ...reading.range, limit: 1_000 } } : reading,
        ),
      })),
  },
  {
    bug: "keys come in the order of UTF-16",
    caughtBy: "the records under a prefix come by key, in the order of the bytes of UTF-8",
    plant: (store) => changeLists(store, (records) => records.toSorted((a, b) => (a.key < b.key ? -1 : 1))),
  },
  {
    bug: "keys come in the order of a language",
    caughtBy: "the records under a prefix come by key, in the order of the bytes of UTF-8",
    plant: (store) => changeLists(store, (records) => records.toSorted((a, b) => a.key.localeCompare(b.key, "en"))),
  },
  {
    bug: "a prefix is a pattern in which _ stands for any character",
    caughtBy: "a prefix is the parent of its records: neither their descendants nor what looks alike is among them",
    plant: (store) => listAll(store, (key, prefix) => new RegExp(`^${prefix.replaceAll("_", ".")}[^/]*$`).test(key)),
  },
  {
    bug: "a prefix lists descendants too",
    caughtBy: "a prefix is the parent of its records: neither their descendants nor what looks alike is among them",
    plant: (store) => listAll(store, (key, prefix) => key.startsWith(prefix)),
  },
  {
    bug: "a list shows tombstones",
    caughtBy: "tombstones and forgotten records are in no list, and are back once they are put again",
    plant: (store) => listAll(store, (key, prefix) => key.slice(0, key.lastIndexOf("/") + 1) === prefix, true),
  },
  {
    bug: "a full page is never the last",
    caughtBy: "a page that ends with the last record of its range is the last page",
    plant: (store) => ({
      ...store,
      async list(range) {
        const page = await store.list(range);
        const last = page.records.at(-1);
        return last !== undefined && page.records.length === range.limit && page.next === undefined
          ? { ...page, next: last.key }
          : page;
      },
    }),
  },
  {
    bug: "every page is the first",
    caughtBy: "pages of any size give every record of a prefix once",
    plant: (store) => ({ ...store, list: ({ after: _, ...range }) => store.list(range) }),
  },
  {
    bug: "an index is paged by value alone",
    caughtBy: "pages of an index give every record once, by value, then key, also where values are the same",
    plant: (store) => ({
      ...store,
      async list(range) {
        const page = await store.list(range);
        const end = page.next?.lastIndexOf("\u0000") ?? -1;
        return "index" in range && page.next ? { ...page, next: `${page.next.slice(0, end)}\u0000\u{10ffff}` } : page;
      },
    }),
  },
  {
    bug: "the lower bound of an index is left out",
    caughtBy: "both bounds of an index range are included, and nothing outside them",
    plant: (store) => ({
      ...store,
      list: (range) => store.list("index" in range ? { ...range, from: `${range.from}\u0001` } : range),
    }),
  },
  {
    bug: "values are told apart without regard to trailing spaces",
    caughtBy: "an index is looked up by one exact value",
    plant: (store) => ({
      ...changeIndexes(store, (index) => index.map((value) => ({ ...value, value: value.value.trimEnd() }))),
      list: (range) =>
        store.list("index" in range ? { ...range, from: range.from.trimEnd(), to: range.to.trimEnd() } : range),
    }),
  },
  {
    bug: "a put adds to the values of its record",
    caughtBy: "a put replaces the values of its record, and one without values leaves none",
    plant(store) {
      const held = new Map<Key, readonly IndexValue[]>();
      return changeIndexes(store, (index, key) => {
        const all = [...(held.get(key) ?? []), ...index];
        held.set(key, all);
        return all;
      });
    },
  },
  {
    bug: "a tombstone still holds the values of its record",
    caughtBy: "a unique value is free again after a tombstone, after forgetting, and after a put without it",
    plant(store) {
      const held = new Map<Key, readonly IndexValue[]>();
      const remembering = changeIndexes(store, (index, key) => {
        held.set(key, index);
        return index;
      });
      return {
        ...remembering,
        async commit(commit) {
          const ghosts = commit.writes
            .filter((write) => "delete" in write && write.delete === "tombstone")
            .map(
              ({ key }): Write => ({ key: `ghost of ${key}`, expect: "any", put: "{}", index: held.get(key) ?? [] }),
            );
          const result = await remembering.commit({ ...commit, writes: [...commit.writes, ...ghosts] });
          return result.kind === "clash"
            ? result
            : { ...result, records: result.records.slice(0, commit.writes.length) };
        },
      };
    },
  },
  {
    bug: "unique values are not enforced",
    caughtBy: "a unique value that another record holds is a clash that names its holder, and nothing is written",
    plant: (store) => changeIndexes(store, (index) => index.map(({ name, value }) => ({ name, value }))),
  },
  {
    bug: "all values are unique",
    caughtBy: "values that are not unique may be held by many",
    plant: (store) => changeIndexes(store, (index) => index.map((value) => ({ ...value, unique: true }))),
  },
  {
    bug: "unique values are claimed before old ones are released",
    caughtBy: "two records swap their unique values in one commit",
    plant: (store) => ({
      ...store,
      async commit(commit) {
        for (const write of commit.writes) {
          for (const { name, value, unique } of ("put" in write && write.index) || []) {
            const { records } = await store.list({ index: name, from: value, to: value, limit: 1 });
            const holder = records[0]?.key ?? write.key;
            if (unique && holder !== write.key) {
              return { kind: "clash", clashes: [{ index: name, value, key: write.key, holder }] };
            }
          }
        }
        return store.commit(commit);
      },
    }),
  },
  {
    bug: "the writes of one commit are not compared with each other",
    caughtBy: "two writes of one commit that claim the same unique value clash",
    plant(store) {
      return changeCommits(store, (commit) => {
        const claimed = new Set<string>();
        const writes = commit.writes.map((write) => {
          if (!("put" in write) || write.index === undefined) return write;
          const index = write.index.filter(({ name, value }) => !claimed.has(`${name} ${value}`));
          for (const { name, value } of index) claimed.add(`${name} ${value}`);
          return { ...write, index };
        });
        return { ...commit, writes };
      });
    },
  },
  {
    bug: "a lapsed record no longer holds its unique value",
    caughtBy: "a lapsed record still holds its unique value, until it is written over",
    plant: (store) =>
      changeCommits(store, async (commit) => {
        const { now, records } = await store.list({ lapsedBefore: (await store.read([])).now + 1, limit: 1_000 });
        const written = new Set(commit.writes.map(({ key }) => key));
        const lapsed = records.filter(({ key }) => !written.has(key));
        const writes = lapsed.map(({ key }): Write => ({ key, expect: "any", delete: "forget" }));
        const isClaim = commit.writes.some((write) => "put" in write && write.index !== undefined);
        if (isClaim) await store.commit({ ...commit, at: now, reads: [], writes, events: [] });
        return commit;
      }),
  },
  {
    bug: "a lapsed record counts as absent",
    caughtBy: "a write over a lapsed record clashes unless it expects any or its tag, lapsed",
    plant: (store) =>
      changeExpectations(store, (expect, current) => (expect === "absent" && current?.lapsed ? "any" : expect)),
  },
];

function changeLists(store: Store, change: (records: readonly StoredRecord[]) => readonly StoredRecord[]): Store {
  return {
    ...store,
    async list(range) {
      const page = await store.list(range);
      return { ...page, records: change(page.records) };
    },
  };
}

function changeIndexes(store: Store, change: (index: readonly IndexValue[], key: Key) => readonly IndexValue[]): Store {
  return changeWrites(store, (write) =>
    "put" in write ? { ...write, index: change(write.index ?? [], write.key) } : write,
  );
}

// Lists prefixes by trying every key that was ever written.
function listAll(store: Store, isUnder: (key: Key, prefix: string) => boolean, tombstonesToo = false): Store {
  const known = new Set<Key>();
  return {
    ...changeCommits(store, (commit) => {
      for (const { key } of commit.writes) known.add(key);
      return commit;
    }),
    async list(range: Range) {
      if (!("prefix" in range)) return store.list(range);
      const { now, records } = await store.read([...known].filter((key) => isUnder(key, range.prefix)).sort());
      return {
        now,
        records: records.filter((record) => record !== undefined).filter(({ deleted }) => tombstonesToo || !deleted),
      };
    },
  };
}
