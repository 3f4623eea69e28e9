import { setTimeout as pause } from "node:timers/promises";
import type { Commit, Key, Store, Write } from "@unclash/core/store";
import { EventHub } from "../../commits/event-hub.js";
import type { Pace } from "../../commits/pace.js";

/** So many times as fast as it is, time goes by for deliverers: pauses of seconds are tenths of one. */
const speed = 20;

const startMs = Date.now();

/** The time of the processes. */
export const quickPace: Pace = {
  nowMs: () => performance.now() * speed,
  async pause(durationMs, stop) {
    await pause(durationMs / speed, undefined, { signal: stop, ref: false }).catch(() => undefined);
  },
};

/** A store in whose time all goes so much faster, too. */
function quick(store: Store): Store {
  const scaled = (now: number): number => Math.round(startMs + (now - startMs) * speed);
  const lasting = (write: Write): Write => {
    if ("extendMs" in write) return { ...write, extendMs: Math.ceil(write.extendMs / speed) };
    // What is kept is not to lapse within a test; only leases are waited for.
    if ("put" in write && write.ttlMs !== undefined && isLease(write.key))
      return { ...write, ttlMs: Math.ceil(write.ttlMs / speed) };
    return write;
  };
  return {
    ...store,
    async read(keys) {
      const snapshot = await store.read(keys);
      return { ...snapshot, now: scaled(snapshot.now) };
    },
    async list(range) {
      const page = await store.list(range);
      return { ...page, now: scaled(page.now) };
    },
    commit: (commit) => store.commit({ ...commit, writes: commit.writes.map(lasting) }),
  };
}

export function isLease(key: Key): boolean {
  return /^_partition\/.\/lease$/.test(key);
}

/** A process that may be stopped for a while, and killed, wherever it waits for something. */
export class TestProcess {
  readonly store: Store;
  readonly hub: Pick<EventHub, "read" | "listen">;
  readonly pace: Pace = { nowMs: quickPace.nowMs, pause: (ms, stop) => this.passing(() => quickPace.pause(ms, stop)) };
  /** When it has last begun to renew or take the lease of a partition, by the partition's lease key. */
  readonly renewedMs: Map<Key, number> = new Map();
  #gate: Promise<void> | undefined;
  #open: () => void = () => {};
  readonly #hub: EventHub;
  readonly #leave: () => void;

  /** @param plant makes a bug of its store */
  constructor(shared: Store, plant: (store: Store) => Store) {
    const watched = this.#watched(quick(shared));
    this.#hub = new EventHub(shared);
    this.#leave = this.#hub.join();
    this.store = plant({
      ...watched,
      read: (keys) => this.passing(() => watched.read(keys)),
      list: (range) => this.passing(() => watched.list(range)),
      commit: (commit) => this.passing(() => watched.commit(commit)),
    });
    this.hub = {
      read: (after, limit) => this.passing(() => this.#hub.read(after, limit)),
      listen: (wake) => this.#hub.listen(wake),
    };
  }

  /** Stops it, until it is resumed: what it waits for comes later. */
  stop(): void {
    this.#gate ??= new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  resume(): void {
    this.#open();
    this.#gate = undefined;
  }

  /** Nothing of it goes on any more. */
  kill(): void {
    this.stop();
    this.#open = () => {};
    this.#leave();
  }

  /** Does something, where and when the process runs. */
  async passing<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.#gate;
    const result = await work();
    await this.#gate;
    return result;
  }

  /** Notes which leases are really held. */
  #watched(store: Store): Store {
    return {
      ...store,
      commit: async (commit) => {
        const beganMs = quickPace.nowMs();
        const result = await store.commit(commit);
        if (result.kind === "committed")
          for (const write of commit.writes)
            if (isLease(write.key) && !("delete" in write)) this.renewedMs.set(write.key, beganMs);
        return result;
      },
    };
  }
}

/** A commit without what it says of some keys. */
export function without(commit: Commit, isMeant: (key: Key) => boolean): Commit {
  const isLeft = (each: { readonly key: Key } | { readonly range: unknown }): boolean =>
    !("key" in each && isMeant(each.key));
  return { ...commit, reads: commit.reads.filter(isLeft), writes: commit.writes.filter(isLeft) };
}

/** What a commit would have given, had it been made. */
export function asCommitted(commit: Commit): { readonly kind: "committed"; readonly records: readonly null[] } {
  return { kind: "committed", records: commit.writes.map(() => null) };
}
