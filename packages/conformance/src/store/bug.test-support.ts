import type {
  Commit,
  Cursor,
  Key,
  Moment,
  Reset,
  StopSignal,
  Store,
  StoredEvent,
  StoredRecord,
  Write,
} from "@unclash/core/store";

/** A store that works, with one bug in it. */
export interface Bug {
  /** What the store does wrong. */
  readonly bug: string;
  /** The name of a test that must fail because of it; others may fail too. */
  readonly caughtBy: string;
  readonly plant: (store: Store) => Store;
}

/** Changes every record that the store gives out, wherever it does. */
export function changeRecords(store: Store, change: (record: StoredRecord) => StoredRecord): Store {
  return {
    ...store,
    async read(keys) {
      const { now, records } = await store.read(keys);
      return { now, records: records.map((record) => record && change(record)) };
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

/** Changes every commit before the store gets it. */
export function changeCommits(store: Store, change: (commit: Commit) => Commit | Promise<Commit>): Store {
  return { ...store, commit: async (commit) => store.commit(await change(commit)) };
}

/** Changes every write before the store gets it, in view of what is there and of the store's time. */
export function changeWrites(
  store: Store,
  change: (write: Write, current: StoredRecord | undefined, now: Moment, commit: Commit) => Write,
): Store {
  return changeCommits(store, async (commit) => {
    const { now, records } = await store.read(commit.writes.map(({ key }) => key));
    return { ...commit, writes: commit.writes.map((write, at) => change(write, records[at], now, commit)) };
  });
}

/** Changes what is expected of each key, by readings and by writes, in view of what is there. */
export function changeExpectations(
  store: Store,
  change: (expect: Write["expect"], current: StoredRecord | undefined) => Write["expect"],
): Store {
  return changeCommits(store, async (commit) => {
    const here = async (key: Key): Promise<StoredRecord | undefined> => (await store.read([key])).records[0];
    const reads = commit.reads.map(async (reading) =>
      "key" in reading ? { ...reading, expect: change(reading.expect, await here(reading.key)) } : reading,
    );
    const writes = commit.writes.map(async (write) => ({
      ...write,
      expect: change(write.expect, await here(write.key)),
    }));
    return { ...commit, reads: await Promise.all(reads), writes: await Promise.all(writes) };
  });
}

/** Changes what followers are given. */
export function changeFollowing(
  store: Store,
  change: (
    events: AsyncIterable<StoredEvent | Reset>,
    after: Cursor,
    stop: StopSignal,
  ) => AsyncIterable<StoredEvent | Reset>,
): Store {
  return { ...store, follow: (after, stop) => change(store.follow(after, stop), after, stop) };
}

/** Changes each event that followers are given; `undefined` leaves it out. */
export function changeEvents(store: Store, change: (event: StoredEvent) => StoredEvent | undefined): Store {
  return changeFollowing(store, async function* (events) {
    for await (const event of events) {
      const changed = "reset" in event ? event : change(event);
      if (changed !== undefined) yield changed;
    }
  });
}
