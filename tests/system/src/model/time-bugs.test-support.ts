import type { Key, Retention, StoredRecord, Version } from "@unclash/core/store";
import { type Bug, changeEvents, changeRecords, changeWrites } from "./planting.test-support.js";

/** Bugs in what time and cleaning do, in what is shown, and in what is followed. */
export const timeBugs: readonly Bug[] = [
  {
    bug: "a record lapses one millisecond after the moment that it names",
    plant: (store) =>
      changeRecords(
        changeWrites(store, (write) => {
          if ("extendMs" in write) return { ...write, extendMs: write.extendMs + 1 };
          return "put" in write && write.ttlMs !== undefined ? { ...write, ttlMs: write.ttlMs + 1 } : write;
        }),
        (record) => (record.lapsesAt === undefined ? record : { ...record, lapsesAt: record.lapsesAt - 1 }),
      ),
  },
  {
    bug: "what lapses at a moment counts as lapsed before it",
    plant: (store) => ({
      ...store,
      list: (range) => store.list("lapsedBefore" in range ? { ...range, lapsedBefore: range.lapsedBefore + 1 } : range),
    }),
  },
  {
    bug: "a record that has lapsed is not marked in a history",
    plant: (store) => ({
      ...store,
      async history(key, request) {
        const page = await store.history(key, request);
        return { ...page, records: page.records.map(({ lapsed: _, ...record }): StoredRecord => record) };
      },
    }),
  },
  {
    bug: "a history before a version begins with it",
    plant: (store) => ({
      ...store,
      history: (key, { before, ...request }) =>
        store.history(key, before === undefined ? request : { ...request, before: before + 1 }),
    }),
  },
  {
    bug: "a history at a moment leaves out what was written at it",
    plant: (store) => ({
      ...store,
      history: (key, { at, ...request }) => store.history(key, at === undefined ? request : { ...request, at: at - 1 }),
    }),
  },
  {
    bug: "keys come in the order of UTF-16",
    plant: (store) => ({
      ...store,
      async list(range) {
        const page = await store.list(range);
        return "prefix" in range
          ? { ...page, records: page.records.toSorted((a, b) => (a.key < b.key ? -1 : 1)) }
          : page;
      },
    }),
  },
  {
    bug: "a full page has a next, though nothing comes behind it",
    plant: (store) => ({
      ...store,
      async list(range) {
        const page = await store.list(range);
        const last = page.records.at(-1);
        return page.records.length === range.limit && "prefix" in range && last ? { next: last.key, ...page } : page;
      },
    }),
  },
  {
    bug: "a count of past states has the current one in it",
    plant: (store) => changeRetention(store, (keep) => (keep.count ? { ...keep, count: keep.count - 1 } : keep)),
  },
  {
    bug: "what is beyond a count goes, whatever its age",
    plant: (store) => changeRetention(store, (keep) => (keep.count === undefined ? keep : { count: keep.count })),
  },
  {
    bug: "an age ends early",
    plant: (store) => changeRetention(store, (keep) => (keep.ageMs ? { ...keep, ageMs: keep.ageMs - 1 } : keep)),
  },
  {
    bug: "nothing is ever cleaned, and cleaning says that it is done",
    plant: (store) => ({ ...store, clean: async () => ({ removed: 0, more: false }) }),
  },
  {
    bug: "a tombstone does not inherit the retention: the past goes with the next cleaning",
    plant(store) {
      const buried = new Map<Key, Version>();
      const hiddenBelow = new Map<Key, Version>();
      return {
        ...store,
        async commit(commit) {
          const result = await store.commit(commit);
          if (result.kind === "clash") return result;
          for (const [at, { key }] of commit.writes.entries()) {
            const record = result.records[at];
            if (record?.deleted) buried.set(key, record.version);
            else buried.delete(key);
          }
          return result;
        },
        clean(budget) {
          for (const [key, version] of buried) hiddenBelow.set(key, version);
          return store.clean(budget);
        },
        async history(key, request) {
          const page = await store.history(key, request);
          return { ...page, records: page.records.filter(({ version }) => version >= (hiddenBelow.get(key) ?? 0)) };
        },
      };
    },
  },
  {
    bug: "an event comes twice",
    plant: (store) => changeEvents(store, (event) => (event.data === undefined ? [event] : [event, event])),
  },
  {
    bug: "an event of a commit that wrote nothing is missed",
    plant: (store) => {
      const empty = new Set<string>();
      return {
        ...changeEvents(store, (event) => (empty.has(event.tag) && event.type !== "mark" ? [] : [event])),
        commit(commit) {
          if (commit.writes.length === 0) empty.add(commit.tag);
          return store.commit(commit);
        },
      };
    },
  },
  {
    bug: "a commit that clashes leaves its events",
    plant: (store) => ({
      ...store,
      async commit(commit) {
        const result = await store.commit(commit);
        if (result.kind === "clash") await store.commit({ ...commit, reads: [], writes: [] });
        return result;
      },
    }),
  },
  {
    bug: "the events of one commit come in the order of their types and data",
    plant: (store) => ({
      ...store,
      commit: (commit) =>
        store.commit({
          ...commit,
          events: commit.events.toSorted((a, b) => ((a.data ?? "") < (b.data ?? "") ? -1 : 1)),
        }),
    }),
  },
];

function changeRetention(store: Parameters<Bug["plant"]>[0], change: (keep: Exclude<Retention, string>) => Retention) {
  return changeWrites(store, (write) =>
    "put" in write && typeof write.keep === "object" ? { ...write, keep: change(write.keep) } : write,
  );
}
