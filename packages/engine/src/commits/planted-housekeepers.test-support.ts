import type { CommitResult, Store, StoredRecord, Write } from "@unclash/core/store";
import { endLapsed } from "./end-lapsed.js";
import { Housekeeper } from "./housekeeper.js";
import { leaseKey } from "./housekeeper-lease.js";
import type { MakeHousekeeper, Running } from "./housekeeping-checker.test-support.js";
import type { LapsedKind } from "./lapsed-kinds.js";
import { Maintenance } from "./maintenance.js";
import type { Pace } from "./pace.js";

/** The housekeeper as it is. */
export const makeHousekeeper: MakeHousekeeper = (store, kinds, pace) => {
  return new Housekeeper(store, registered(new Maintenance(store), kinds), pace);
};

function registered(maintenance: Maintenance, kinds: readonly LapsedKind[]): Maintenance {
  for (const kind of kinds) maintenance.register(kind);
  return maintenance;
}

/** Housekeepers with a bug, and the first scenario that one fails. */
export const planted: readonly { readonly bug: string; readonly caughtBy: RegExp; readonly make: MakeHousekeeper }[] = [
  {
    bug: "forgets what may have been forgotten by another one",
    caughtBy: /^two processes that both/,
    make: (store, kinds, pace) => makeHousekeeper(changingWrites(store, forgettingAnything), kinds, pace),
  },
  {
    bug: "goes by the store's clock alone",
    caughtBy: /^when its process dies/,
    make: (store, kinds, pace) => makeHousekeeper(seeingRenewals(store), kinds, pace),
  },
  {
    bug: "leaves the work to one that does not know all of it",
    caughtBy: /^kinds that only one/,
    make: (store, kinds, pace) => makeHousekeeper(changingWrites(store, sayingNoKinds), kinds, pace),
  },
  {
    bug: "keeps its lease when it stops, and lets nobody take it over",
    caughtBy: /^one that stops/,
    make: (store, kinds, pace) => makeHousekeeper(changingWrites(store, keepingForLong), kinds, pace),
  },
  {
    bug: "looks at the first page alone",
    caughtBy: /^however many records/,
    make(store, kinds, pace) {
      return makeHousekeeper({ ...store, list: ({ after: _, ...range }) => store.list(range) }, kinds, pace);
    },
  },
  {
    bug: "deals with few records at a time, however slow the store is",
    caughtBy: /^10,000 records of each/,
    make: (store, kinds, pace) => makeHousekeeper(committingFew(store), kinds, pace),
  },
  {
    bug: "deals with more records at a time than it has to",
    caughtBy: /^where the store is fast/,
    make: (store, kinds, pace) => new Housekeeper(store, registered(new LargeSteps(store), kinds), pace),
  },
  {
    bug: "looks at more records at a time than it has to",
    caughtBy: /^where the store is fast/,
    make(store, kinds, pace) {
      return makeHousekeeper({ ...store, list: (range) => store.list({ ...range, limit: 250 }) }, kinds, pace);
    },
  },
  {
    bug: "rests for longer than it may",
    caughtBy: /^where the store is fast/,
    make: (store, kinds, pace) => makeHousekeeper(store, kinds, resting(pace)),
  },
  {
    bug: "sweeps all kinds in one row",
    caughtBy: /^however many records/,
    make: (store, kinds, pace) => new Sweeper(store, kinds, pace),
  },
];

/** Each look at a lease takes it for renewed. */
function seeingRenewals(store: Store): Store {
  let looks = 0;
  const renewed = (record: StoredRecord | undefined): StoredRecord | undefined => {
    looks += 1;
    return record?.lapsesAt === undefined ? record : { ...record, lapsesAt: record.lapsesAt + looks };
  };
  return {
    ...store,
    async read(keys) {
      const { now, records } = await store.read(keys);
      return { now, records: records.map(renewed) };
    },
  };
}

function changingWrites(store: Store, change: (write: Write) => Write): Store {
  return { ...store, commit: (commit) => store.commit({ ...commit, writes: commit.writes.map(change) }) };
}

/** Each write has a commit of its own, or shares it with few others. */
function committingFew(store: Store): Store {
  return {
    ...store,
    async commit(commit) {
      let result: CommitResult = { kind: "committed", records: [] };
      for (let at = 0; at < commit.writes.length && result.kind === "committed"; at += 50) {
        const [writes, events] = [commit.writes.slice(at, at + 50), commit.events.slice(at, at + 50)];
        result = await store.commit({ ...commit, tag: at === 0 ? commit.tag : `${commit.tag}${at}`, writes, events });
      }
      return result;
    },
  };
}

function forgettingAnything(write: Write): Write {
  return "delete" in write && write.key !== leaseKey ? { ...write, expect: "any" } : write;
}

function sayingNoKinds(write: Write): Write {
  return "put" in write && write.key === leaseKey ? { ...write, put: "{}" } : write;
}

function keepingForLong(write: Write): Write {
  return "delete" in write && write.key === leaseKey
    ? { key: leaseKey, expect: write.expect, extendMs: 60_000 }
    : write;
}

/** Each step is as large as it may be. */
class LargeSteps extends Maintenance {
  override round(nowMs: number): ReturnType<Maintenance["round"]> {
    return super.round(nowMs, () => 50);
  }
}

function resting(pace: Pace): Pace {
  return { nowMs: () => pace.nowMs(), pause: (durationMs, stop) => pace.pause(durationMs + 5, stop) };
}

/** Goes through what has lapsed in its order, whatever kind it is of; the first failure ends a round. */
class Sweeper implements Running {
  readonly #store: Store;
  readonly #kinds: readonly LapsedKind[];
  readonly #pace: Pace;
  readonly #stop = new AbortController();

  constructor(store: Store, kinds: readonly LapsedKind[], pace: Pace) {
    this.#store = store;
    this.#kinds = kinds;
    this.#pace = pace;
  }

  start(): void {
    void this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#sweep().catch(() => undefined);
      await this.#pace.pause(250, this.#stop.signal);
    }
  }

  async #sweep(): Promise<void> {
    const { now, records } = await this.#store.list({ lapsedBefore: Number.MAX_SAFE_INTEGER, limit: 250 });
    for (const kind of this.#kinds) {
      const own = records.filter(({ key }: StoredRecord) => key.startsWith(kind.prefix));
      const endings = await kind.endingsOf(own, { store: this.#store, now });
      await endLapsed(this.#store, endings, now);
    }
  }
}
