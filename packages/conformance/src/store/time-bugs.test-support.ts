import type { Key, Moment, Retention, Store, StoredRecord, Write } from "@unclash/core/store";
import { type Bug, changeCommits, changeExpectations, changeRecords, changeWrites } from "./bug.test-support.js";

/** Bugs in what depends on time: lapsing, histories, redactions, cleaning. */
export const timeBugs: readonly Bug[] = [
  {
    bug: "a record lapses after its moment instead of at it",
    caughtBy: "a record is alive until the moment it lapses, and lapsed from that moment on",
    plant: (store) =>
      changeRecords(
        changeDurations(store, (ms) => ms + 1),
        (record) => (record.lapsesAt === undefined ? record : { ...record, lapsesAt: record.lapsesAt - 1 }),
      ),
  },
  {
    bug: "a record lapses by the commit's time instead of the store's",
    caughtBy: "a record that was put with a ttl lapses that long after its commit, by the store's clock",
    plant: (store) => changeDurations(store, (ms, _, now, at) => ms + at - now),
  },
  {
    bug: "a lapsed record counts as alive",
    caughtBy: "a write over a lapsed record clashes unless it expects any or its tag, lapsed",
    plant: (store) =>
      changeExpectations(store, (expect, current) =>
        current?.lapsed && typeof expect !== "string" && "tag" in expect ? { lapsed: expect.tag } : expect,
      ),
  },
  {
    bug: "a lapsed record is not read any more",
    caughtBy: "a lapsed record stays as it is, marked, in reads, lists, histories and clashes",
    plant: (store) => ({
      ...store,
      async read(keys) {
        const { now, records } = await store.read(keys);
        return { now, records: records.map((record) => (record?.lapsed ? undefined : record)) };
      },
    }),
  },
  {
    bug: "a list does not mark what has lapsed",
    caughtBy: "a list gives the records as a read does: whole, and marked where they have lapsed",
    plant: (store) => ({
      ...store,
      async list(range) {
        const page = await store.list(range);
        return { ...page, records: page.records.map(({ lapsed: _, ...record }) => record) };
      },
    }),
  },
  {
    bug: "a put without a ttl leaves the old one",
    caughtBy: "a put replaces the time at which its record lapses, and one without a ttl takes it away",
    plant: (store) =>
      changeWrites(store, (write, current, now) => {
        const ttlMs = (current?.lapsesAt ?? now) - now;
        return "put" in write && write.ttlMs === undefined && ttlMs > 0 ? { ...write, ttlMs } : write;
      }),
  },
  {
    bug: "an extension counts from the end of the time before",
    caughtBy: "an extension counts from its commit and changes nothing else of the record, nor its history",
    plant: (store) => changeDurations(store, (ms, current, now) => ms + Math.max((current?.lapsesAt ?? now) - now, 0)),
  },
  {
    bug: "an extension is a put",
    caughtBy: "an extension counts from its commit and changes nothing else of the record, nor its history",
    plant: (store) =>
      changeWrites(store, (write, current) =>
        "extendMs" in write && current?.text
          ? { key: write.key, expect: write.expect, put: current.text, ttlMs: write.extendMs }
          : write,
      ),
  },
  {
    bug: "an extension of what is not there does nothing",
    caughtBy: "an extension of what is not there clashes, whatever it expects: nothing at all, and a tombstone",
    plant: (store) =>
      changeWrites(store, (write, current) =>
        "extendMs" in write && current === undefined
          ? { key: write.key, expect: write.expect, delete: "forget" }
          : write,
      ),
  },
  {
    bug: "what lapses at a moment counts as lapsed before it",
    caughtBy: "what lapsed before a moment comes by the moment it lapsed, and without what has not lapsed yet",
    plant: (store) => ({
      ...store,
      list: (range) => store.list("lapsedBefore" in range ? { ...range, lapsedBefore: range.lapsedBefore + 1 } : range),
    }),
  },
  {
    bug: "what lapsed comes by key",
    caughtBy: "what lapsed before a moment comes by the moment it lapsed, and without what has not lapsed yet",
    plant: (store) => ({
      ...store,
      async list(range) {
        const page = await store.list(range);
        return { ...page, records: page.records.toSorted((a, b) => (a.key < b.key ? -1 : 1)) };
      },
    }),
  },
  {
    bug: "a history comes oldest first",
    caughtBy: "a history has every state as it was committed, the newest first, the current one among them",
    plant: (store) => changeHistories(store, (records) => records.toReversed()),
  },
  {
    bug: "a history leaves out the current state",
    caughtBy: "a history has every state as it was committed, the newest first, the current one among them",
    plant: (store) => changeHistories(store, (records) => records.slice(1)),
  },
  {
    bug: "a history always has its texts",
    caughtBy: "a history without texts is the same but for them, and tells its tombstones",
    plant: (store) => ({ ...store, history: (key, request) => store.history(key, { ...request, texts: true }) }),
  },
  {
    bug: "a history before a version begins with that version",
    caughtBy: "a history goes on before a version",
    plant: (store) => ({
      ...store,
      history: (key, request) =>
        store.history(key, request.before === undefined ? request : { ...request, before: request.before + 1 }),
    }),
  },
  {
    bug: "a history at a moment leaves out what was written at it",
    caughtBy: "a history goes back to a moment: what was there then, and earlier",
    plant: (store) => ({
      ...store,
      history: (key, request) =>
        store.history(key, request.at === undefined ? request : { ...request, at: request.at - 1 }),
    }),
  },
  {
    bug: "a redaction keeps the state's tag",
    caughtBy: "a redaction of a past state replaces its text and its tag, and nothing else anywhere",
    plant: (store) =>
      changeCommits(store, async (commit) => {
        const [write] = commit.writes;
        if (write === undefined || !("redact" in write)) return commit;
        const { records } = await store.history(write.key, { before: write.version + 1, limit: 1, texts: false });
        return { ...commit, tag: records[0]?.tag ?? commit.tag };
      }),
  },
  {
    bug: "a redaction is a new version",
    caughtBy: "a redaction of the current state replaces its text and its tag, and makes no version",
    plant: (store) =>
      changeWrites(store, (write) =>
        "redact" in write ? { key: write.key, expect: write.expect, put: write.redact } : write,
      ),
  },
  {
    bug: "a redaction of a version that is not there does nothing",
    caughtBy: "a redaction of a version that is not there, or of a tombstone, clashes and changes no state",
    plant: (store) =>
      changeCommits(store, (commit) => ({
        ...commit,
        writes: commit.writes.filter((write) => !("redact" in write) || write.version < 5),
      })),
  },
  {
    bug: "nothing is ever cleaned",
    caughtBy: "cleaning leaves the newest past states that a count asks for, beside the current one",
    plant: (store) => changeRetention(store, () => "all"),
  },
  {
    bug: "a count has the current state in it",
    caughtBy: "cleaning leaves the newest past states that a count asks for, beside the current one",
    plant: (store) =>
      changeRetention(store, (keep) =>
        typeof keep === "object" && keep.count ? { ...keep, count: keep.count - 1 } : keep,
      ),
  },
  {
    bug: "what is beyond a count goes, whatever its age",
    caughtBy: "cleaning removes only what is beyond both a count and an age",
    plant: (store) =>
      changeRetention(store, (keep) =>
        typeof keep === "object" && keep.count !== undefined ? { count: keep.count } : keep,
      ),
  },
  {
    bug: "an age counts from when a state was written, not from when it was replaced",
    caughtBy: "cleaning leaves whatever was current within an age, however long ago it was written",
    plant(store) {
      const ages = new Map<Key, number>();
      const noting = changeWrites(store, (write) => {
        const keep = "put" in write ? write.keep : undefined;
        ages.set(write.key, (typeof keep === "object" ? keep.ageMs : undefined) ?? Number.POSITIVE_INFINITY);
        return write;
      });
      return {
        ...noting,
        async history(key, request) {
          const page = await store.history(key, request);
          const oldest = page.now - (ages.get(key) ?? 0);
          return { ...page, records: page.records.filter(({ modifiedAt }, at) => at === 0 || modifiedAt > oldest) };
        },
      };
    },
  },
  {
    bug: "a step of cleaning does twice its budget",
    caughtBy: "a step of cleaning removes no more than its budget, and the steps end when all is done",
    plant: (store) => ({ ...store, clean: (budget) => store.clean(budget * 2) }),
  },
  {
    bug: "cleaning says that it is done after one step",
    caughtBy: "a step of cleaning removes no more than its budget, and the steps end when all is done",
    plant: (store) => ({ ...store, clean: async (budget) => ({ ...(await store.clean(budget)), more: false }) }),
  },
  {
    bug: "cleaning never says that it is done",
    caughtBy: "a step of cleaning removes no more than its budget, and the steps end when all is done",
    plant: (store) => ({ ...store, clean: async (budget) => ({ ...(await store.clean(budget)), more: true }) }),
  },
  {
    bug: "the time of a state is whatever its commit says",
    caughtBy: "the time of a state is later than that of the state before, whatever the commit says",
    plant: (store) => {
      const saidAt = new Map<string, Moment>();
      const told = changeRecords(store, (record) => ({
        ...record,
        modifiedAt: saidAt.get(record.tag) ?? record.modifiedAt,
      }));
      return {
        ...told,
        commit: (commit) => {
          saidAt.set(commit.tag, commit.at);
          return told.commit(commit);
        },
      };
    },
  },
];

// Changes each ttl and each extension.
function changeDurations(
  store: Store,
  change: (ms: number, current: StoredRecord | undefined, now: Moment, at: Moment) => number,
): Store {
  return changeWrites(store, (write, current, now, { at }) => {
    if ("extendMs" in write) return { ...write, extendMs: change(write.extendMs, current, now, at) };
    if (!("put" in write) || write.ttlMs === undefined) return write;
    return { ...write, ttlMs: change(write.ttlMs, undefined, now, at) };
  });
}

function changeHistories(store: Store, change: (records: readonly StoredRecord[]) => readonly StoredRecord[]): Store {
  return {
    ...store,
    async history(key, request) {
      const page = await store.history(key, request);
      return { ...page, records: change(page.records) };
    },
  };
}

function changeRetention(store: Store, change: (keep: Retention) => Retention): Store {
  return changeWrites(store, (write: Write) =>
    "put" in write && write.keep !== undefined ? { ...write, keep: change(write.keep) } : write,
  );
}
