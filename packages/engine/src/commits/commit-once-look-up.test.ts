import { StoreError } from "@unclash/core";
import type { Commit, CommitResult, Key, Store, Write } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { describe, expect, test } from "vitest";
import { commitOnce } from "./commit-once.js";

const tag = "AAAAAAAAAAAAAAAA";
const otherTag = "BBBBBBBBBBBBBBBB";

/** A commit whose outcome is lost, and whether a look-up finds that it was applied. */
interface Scenario {
  readonly name: string;
  /** What is there before. */
  readonly before?: readonly Write[];
  readonly writes: readonly Write[];
  /** What others write after it, or in its place. */
  readonly since?: readonly Write[];
  readonly isApplied: boolean;
  readonly isFound: boolean;
  /** The keys whose history is looked at, in this order. */
  readonly looksAt: readonly Key[];
  /** What is said of the records: of each its version, or `null`. */
  readonly versions?: readonly (number | null)[];
}

const put = (key: Key, rest: Partial<Extract<Write, { put: unknown }>> = {}): Write => ({
  key,
  expect: "any",
  put: `"${key}"`,
  ...rest,
});
const resource = put("articles/1");
const answer = put("_key/1", { keep: "none", ttlMs: 60_000 });
const lock = put("_lock/1", { keep: "none" });

const scenarios: readonly Scenario[] = [
  {
    name: "one put that keeps its past tells of all",
    writes: [answer, lock, resource],
    isApplied: true,
    isFound: true,
    looksAt: ["articles/1"],
    versions: [1, 1, 1],
  },
  {
    name: "its absence tells of all too",
    writes: [answer, lock, resource],
    isApplied: false,
    isFound: false,
    looksAt: ["articles/1"],
  },
  {
    name: "records that keep no past and were replaced since are not needed",
    writes: [lock, resource],
    since: [lock],
    isApplied: true,
    isFound: true,
    looksAt: ["articles/1", "_lock/1"],
    versions: [null, 1],
  },
  {
    name: "a resource that others have written since is found in its history",
    writes: [resource],
    since: [resource],
    isApplied: true,
    isFound: true,
    looksAt: ["articles/1"],
    versions: [1],
  },
  {
    name: "where none keeps its past, the one that others are least likely to replace is looked at first",
    writes: [answer, lock],
    isApplied: true,
    isFound: true,
    looksAt: ["_lock/1"],
    versions: [1, 1],
  },
  {
    name: "where none keeps its past and one was replaced since, the other tells",
    writes: [lock, answer],
    since: [lock],
    isApplied: true,
    isFound: true,
    looksAt: ["_lock/1", "_key/1", "_lock/1"],
    versions: [null, 1],
  },
  {
    name: "renewals and what is forgotten are not looked at",
    before: [put("_lock/1", { ttlMs: 60_000 }), put("_queue/1")],
    writes: [
      { key: "_lock/1", expect: "any", extendMs: 90_000 },
      answer,
      { key: "_queue/1", expect: "any", delete: "forget" },
    ],
    isApplied: true,
    isFound: true,
    looksAt: ["_key/1"],
    versions: [null, 1, null],
  },
  {
    name: "a renewal of a record with a known tag gives that record",
    before: [put("_lock/1", { ttlMs: 60_000 })],
    writes: [{ key: "_lock/1", expect: { tag: otherTag }, extendMs: 90_000 }, answer],
    isApplied: true,
    isFound: true,
    looksAt: ["_key/1"],
    versions: [1, 1],
  },
  {
    name: "renewals alone leave nothing to look for",
    before: [put("_lock/1", { ttlMs: 60_000 })],
    writes: [{ key: "_lock/1", expect: "any", extendMs: 90_000 }],
    isApplied: true,
    isFound: false,
    looksAt: [],
  },
  {
    name: "a tombstone tells",
    before: [resource],
    writes: [{ key: "articles/1", expect: "any", delete: "tombstone" }],
    isApplied: true,
    isFound: true,
    looksAt: ["articles/1"],
    versions: [2],
  },
  {
    name: "the redaction of a past state tells",
    before: [resource],
    writes: [{ key: "articles/1", expect: "any", redact: "null", version: 1 }, answer],
    since: [resource],
    isApplied: true,
    isFound: true,
    looksAt: ["articles/1"],
    versions: [1, 1],
  },
  {
    name: "what another wrote in its place is not taken for it",
    writes: [lock],
    since: [lock],
    isApplied: false,
    isFound: false,
    looksAt: ["_lock/1"],
  },
];

type CommitOnce = typeof commitOnce;

/** What a commit of a scenario came to, as one way to look for it says. */
async function outcomeOf(look: CommitOnce, { before = [], writes, since = [], isApplied }: Scenario) {
  const store = createMemoryStore();
  const commit = (ownTag: string, all: readonly Write[]): Commit => {
    return { tag: ownTag, at: 1_000, reads: [], writes: all, events: [], by: null, cause: "test" };
  };
  if (before.length > 0) await store.commit(commit(otherTag, before));
  const looksAt: Key[] = [];
  const losing: Store = {
    ...store,
    async commit(given): Promise<CommitResult> {
      if (isApplied) await store.commit(given);
      if (since.length > 0) await store.commit(commit("CCCCCCCCCCCCCCCC", since));
      throw new StoreError("The connection was cut.", "unknown");
    },
    history(key, request) {
      looksAt.push(key);
      return store.history(key, request);
    },
  };
  const result = await look(losing, commit(tag, writes), { lookUpMs: 60_000 }).catch(() => undefined);
  const records = result?.kind === "committed" ? result.records : undefined;
  return {
    isFound: records !== undefined,
    looksAt,
    versions: records?.map((record) => record?.version ?? null),
    texts: records?.map((record) => record?.text ?? null),
  };
}

describe("a look-up for the outcome of a commit", () => {
  test.each(scenarios)("$name", async (scenario) => {
    const { isFound, looksAt, versions } = scenario;
    expect(await outcomeOf(commitOnce, scenario)).toMatchObject({ isFound, looksAt, versions });
  });

  test("gives the texts that were written", async () => {
    const [first] = scenarios;
    expect(first && (await outcomeOf(commitOnce, first)).texts).toEqual(['"_key/1"', '"_lock/1"', '"articles/1"']);
  });

  test("keeps what it has found where the store fails, or hangs, while it looks for the other records", async () => {
    const failing = (): Promise<never> => Promise.reject(new StoreError("Gone.", "not-applied"));
    const hanging = (): Promise<never> => new Promise(() => {});
    for (const read of [failing, hanging]) {
      const store = createMemoryStore();
      const losing: Store = {
        ...store,
        read,
        async commit(given): Promise<CommitResult> {
          await store.commit(given);
          throw new StoreError("The connection was cut.", "unknown");
        },
      };
      const commit = { tag, at: 1, reads: [], writes: [lock, resource], events: [], by: null, cause: "test" };
      const result = await commitOnce(losing, commit, { lookUpMs: 50 });
      expect(result).toMatchObject({ kind: "committed", records: [null, { tag, key: "articles/1" }] });
    }
  });
});

/** Ways to look for a commit that are wrong. */
const bugs: readonly (readonly [string, (store: Store, commit: Commit) => Promise<boolean>])[] = [
  ["every write must be found", async (store, commit) => (await foundOf(store, commit)).every(Boolean)],
  ["the first write alone is looked for", async (store, commit) => (await foundOf(store, commit))[0] === true],
  ["the last write alone is looked for", async (store, commit) => (await foundOf(store, commit)).at(-1) === true],
  [
    "the current states alone are looked at",
    async (store, { writes }) => {
      const { records } = await store.read(writes.map(({ key }) => key));
      return records.some((record) => record?.tag === tag);
    },
  ],
  [
    "whatever is there now is taken for it",
    async (store, { writes }) => {
      const { records } = await store.read(writes.map(({ key }) => key));
      return records.some((record) => record !== undefined);
    },
  ],
];

async function foundOf(store: Store, { writes }: Commit): Promise<readonly boolean[]> {
  return Promise.all(
    writes.map(async ({ key }) => {
      const { records } = await store.history(key, { limit: 100, texts: false });
      return records.some((record) => record.tag === tag);
    }),
  );
}

test.each(bugs)("the scenarios tell where %s", async (_, isApplied) => {
  const wrong: CommitOnce = async (store, commit) => {
    try {
      return await store.commit(commit);
    } catch (error) {
      if (!(await isApplied(store, commit))) throw error;
      return { kind: "committed", records: [] };
    }
  };
  const verdicts = await Promise.all(
    scenarios.map(async (scenario) => (await outcomeOf(wrong, scenario)).isFound === scenario.isFound),
  );
  expect(verdicts).toContain(false);
});
