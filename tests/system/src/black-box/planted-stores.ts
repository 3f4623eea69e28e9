import { setImmediate as turn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { StoreError } from "@unclash/core";
import type { Commit, CommitResult, Snapshot, Store } from "@unclash/core/store";
import type { ViolationKind } from "./history.js";

/** A store with a bug, and what a run is to find of it. */
export interface PlantedBug {
  readonly name: string;
  readonly finds: ViolationKind;
  /** `struck` is called whenever the bug has done what shows in a history, however the run goes on. */
  readonly plant: (store: Store, struck: () => void) => Store;
}

/** Bugs that stores have had. Every so-manieth commit is hit, so that most of a run goes well. */
export const plantedBugs: readonly PlantedBug[] = [
  {
    name: "does not look at what a write expects",
    finds: "shared-base",
    plant: (store, struck) =>
      withCommit(store, async (commit) => {
        const { records } = await store.read(commit.writes.map(({ key }) => key));
        const isStale = commit.writes.some(
          ({ expect }, at) => typeof expect === "object" && "tag" in expect && expect.tag !== records[at]?.tag,
        );
        const result = await store.commit(expectingNothing(commit));
        if (isStale && result.kind === "committed") struck();
        return result;
      }),
  },
  {
    name: "acknowledges before it writes, and forgets to",
    finds: "lost-update",
    plant: (store, struck) =>
      withCommit(
        store,
        everyFew(store, 50, (commit) => {
          if (hasText(commit)) struck();
          return pretend(store, commit);
        }),
      ),
  },
  {
    name: "writes, and then says that it did not",
    finds: "refused-with-effect",
    plant: (store, struck) =>
      withCommit(
        store,
        everyFew(store, 50, async (commit) => {
          const { kind } = await store.commit(commit);
          if (kind === "committed" && hasText(commit)) struck();
          throw new StoreError("the connection was cut", "not-applied");
        }),
      ),
  },
  {
    name: "tries again what it had written",
    finds: "applied-twice",
    plant: (store, struck) =>
      withCommit(
        store,
        everyFew(store, 50, async (commit) => {
          const first = await store.commit(commit);
          const second = await store.commit({ ...expectingNothing(commit), tag: otherTag(commit.tag) });
          if (first.kind === "committed" && second.kind === "committed" && hasText(commit)) struck();
          return second;
        }),
      ),
  },
  {
    name: "forgets what was deleted, and gives the same tags again",
    finds: "tag-reused",
    plant(store, struck) {
      const texts = new Map<string, string>();
      return withCommit(store, async (commit) => {
        const result = await store.commit({
          ...commit,
          tag: "AAAAAAAAAAAAAAAA",
          writes: commit.writes.map((write) => ("delete" in write ? { ...write, delete: "forget" } : write)),
        });
        for (const record of result.kind === "committed" ? result.records : []) {
          if (!record?.text) continue;
          const name = `${record.key} ${record.version}`;
          if (texts.has(name) && texts.get(name) !== record.text) struck();
          texts.set(name, record.text);
        }
        return result;
      });
    },
  },
  {
    name: "reads from a copy that lags behind",
    finds: "out-of-order",
    plant(store, struck) {
      const copies = new Map<string, Promise<Snapshot>>();
      let reads = 0;
      return {
        ...asStore(store),
        async read(keys) {
          const name = keys.join(" ");
          const copy = copies.get(name);
          if (copy !== undefined && ++reads % 20 === 0) {
            if (!isDeepStrictEqual((await copy).records, (await store.read(keys)).records)) struck();
            return copy;
          }
          const fresh = store.read(keys);
          if (copy === undefined || reads % 20 === 10) copies.set(name, fresh);
          return fresh;
        },
      };
    },
  },
  {
    name: "writes half of a text over the other half of the last one",
    finds: "wrong-content",
    plant: (store, struck) =>
      withCommit(
        store,
        everyFew(store, 20, async (commit) => {
          const writes = commit.writes.map((write) => ("put" in write ? { ...write, put: torn(write.put) } : write));
          const result = await store.commit({ ...commit, writes });
          if (result.kind === "committed" && !isDeepStrictEqual(writes, commit.writes)) struck();
          return result;
        }),
      ),
  },
];

/**
 * The same data through a store of its own, as another process has it. A store may be an instance of a class, whose
 * methods are not its own members: only what this gives can be spread.
 */
export function asStore(store: Store): Store {
  return {
    capabilities: store.capabilities,
    read: (keys) => store.read(keys),
    commit: (commit) => store.commit(commit),
    list: (range) => store.list(range),
    history: (key, request) => store.history(key, request),
    follow: (after, stop) => store.follow(after, stop),
    watch: (wake) => store.watch(wake),
    clean: (budget) => store.clean(budget),
    close: () => store.close(),
  };
}

/** The store with other commits. The turn of the loop stands for the way to a server, on which others overtake. */
export function withCommit(store: Store, commit: (commit: Commit) => Promise<CommitResult>): Store {
  return {
    ...asStore(store),
    async commit(given) {
      await turn();
      return commit(given);
    },
  };
}

function everyFew(
  store: Store,
  many: number,
  otherwise: (commit: Commit) => Promise<CommitResult>,
): (commit: Commit) => Promise<CommitResult> {
  let count = 0;
  return (commit) => (++count % many === 0 ? otherwise(commit) : store.commit(commit));
}

/** A deletion leaves no marker, by which it would be found. */
function hasText({ writes }: Commit): boolean {
  return writes.some((write) => "put" in write);
}

function expectingNothing(commit: Commit): Commit {
  const writes = commit.writes.map((write) =>
    typeof write.expect === "object" && "tag" in write.expect ? { ...write, expect: "present" as const } : write,
  );
  return { ...commit, reads: [], writes };
}

async function pretend(store: Store, commit: Commit): Promise<CommitResult> {
  const { records } = await store.read(commit.writes.map(({ key }) => key));
  return {
    kind: "committed",
    records: commit.writes.map((write, index) => ({
      key: write.key,
      version: (records[index]?.version ?? 0) + 1,
      revision: (records[index]?.revision ?? 0) + 1,
      tag: commit.tag,
      text: "put" in write ? write.put : null,
      createdAt: commit.at,
      modifiedAt: commit.at,
      by: commit.by,
      cause: commit.cause,
    })),
  };
}

function torn(text: string): string {
  return text.replace(/no play/, "some play").replace(/"(price|status)":[^,}]*/, '"$1":"torn"');
}

/** A tag of the same form: one that is longer names a shape, which only a later release could read. */
function otherTag(tag: string): string {
  return [...tag].reverse().join("");
}
