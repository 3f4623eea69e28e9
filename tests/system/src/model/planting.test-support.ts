import type { Commit, Expectation, Store, StoredEvent, StoredRecord, Write } from "@unclash/core/store";

/** A store that works, with one bug in it. */
export interface Bug {
  readonly bug: string;
  readonly plant: (store: Store) => Store;
}

/** Changes each commit before the store gets it. */
export function changeCommits(store: Store, change: (commit: Commit) => Commit | Promise<Commit>): Store {
  return { ...store, commit: async (commit) => store.commit(await change(commit)) };
}

/** Changes each write, in view of what is there. */
export function changeWrites(store: Store, change: (write: Write, current: StoredRecord | undefined) => Write): Store {
  return changeCommits(store, async (commit) => {
    const { records } = await store.read(commit.writes.map(({ key }) => key));
    return { ...commit, writes: commit.writes.map((write, at) => change(write, records[at])) };
  });
}

/** Changes what is expected of each key that is written. */
export function changeExpectations(
  store: Store,
  change: (expect: Expectation, current: StoredRecord | undefined) => Expectation,
): Store {
  return changeWrites(store, (write, current) => ({ ...write, expect: change(write.expect, current) }));
}

/** Changes each record wherever it is shown. */
export function changeRecords(store: Store, change: (record: StoredRecord) => StoredRecord): Store {
  return {
    ...store,
    async read(keys) {
      const snapshot = await store.read(keys);
      return { ...snapshot, records: snapshot.records.map((record) => record && change(record)) };
    },
    async commit(commit) {
      const result = await store.commit(commit);
      if (result.kind === "committed")
        return { ...result, records: result.records.map((record) => record && change(record)) };
      const clashes = result.clashes.map((clash) =>
        "current" in clash && clash.current !== undefined ? { ...clash, current: change(clash.current) } : clash,
      );
      return { ...result, clashes };
    },
    async list(range) {
      const page = await store.list(range);
      return { ...page, records: page.records.map(change) };
    },
    async history(key, request) {
      const page = await store.history(key, request);
      return { ...page, records: page.records.map(change) };
    },
  };
}

/** Changes which events a follower gets: each becomes so many. */
export function changeEvents(store: Store, change: (event: StoredEvent) => readonly StoredEvent[]): Store {
  return {
    ...store,
    async *follow(after, stop) {
      for await (const item of store.follow(after, stop)) {
        if ("reset" in item) yield item;
        else yield* change(item);
      }
    },
  };
}
