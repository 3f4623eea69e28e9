import { StoreError } from "@unclash/core";
import type { Commit, CommitResult, Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { commitOnce } from "./commit-once.js";

const commit: Commit = {
  tag: "AAAAAAAAAAAAAAAA",
  at: 1_000,
  reads: [],
  writes: [{ key: "articles/1", expect: "absent", put: '{"id":"1"}' }],
  events: [],
  by: null,
  cause: "create",
};

const lookUp = { lookUpMs: 60_000 };

/** A store that breaks around its commit, as a network does: before it, or after it with the answer lost. */
function breaking(store: Store, when: "before" | "after", outcome: "not-applied" | "unknown"): Store {
  return {
    ...store,
    commit: async (given): Promise<CommitResult> => {
      if (when === "after") await store.commit(given);
      throw new StoreError("The connection was cut.", outcome);
    },
  };
}

test("an unknown outcome is found to be applied by the commit's own tag", async () => {
  const store = createMemoryStore();
  const result = await commitOnce(breaking(store, "after", "unknown"), commit, lookUp);
  expect(result).toMatchObject({ kind: "committed", records: [{ tag: commit.tag, version: 1, text: '{"id":"1"}' }] });
});

test("an unknown outcome is found to be applied though others have written since", async () => {
  const store = createMemoryStore();
  const slow: Store = {
    ...breaking(store, "after", "unknown"),
    history: async (key, request) => {
      const [head] = (await store.read([key])).records;
      if (head?.tag === commit.tag) {
        const expectation = { tag: commit.tag };
        await store.commit({
          ...commit,
          tag: "BBBBBBBBBBBBBBBB",
          at: 2_000,
          writes: [{ key, expect: expectation, put: "{}" }],
        });
      }
      return store.history(key, request);
    },
  };
  const result = await commitOnce(slow, commit, lookUp);
  expect(result).toMatchObject({ kind: "committed", records: [{ tag: commit.tag, version: 1 }] });
});

test("an unknown outcome whose tag is nowhere stays unknown, and nothing is tried again", async () => {
  const store = createMemoryStore();
  await expect(commitOnce(breaking(store, "before", "unknown"), commit, lookUp)).rejects.toMatchObject({
    outcome: "unknown",
  });
  expect((await store.read(["articles/1"])).records).toEqual([undefined]);
});

test("a commit that was not applied is reported as such without another look", async () => {
  const store = createMemoryStore();
  const blind: Store = {
    ...breaking(store, "before", "not-applied"),
    history: () => Promise.reject(new Error("read")),
  };
  await expect(commitOnce(blind, commit, lookUp)).rejects.toMatchObject({ outcome: "not-applied" });
});

test("an unknown outcome stays unknown where the store can't be asked about it", async () => {
  const store = createMemoryStore();
  const gone: Store = {
    ...breaking(store, "after", "unknown"),
    history: () => Promise.reject(new StoreError("Still no connection.", "not-applied")),
  };
  await expect(commitOnce(gone, commit, lookUp)).rejects.toMatchObject({ outcome: "unknown" });
});

test("to look for the outcome of a commit, no texts are fetched", async () => {
  const store = createMemoryStore();
  const asked: boolean[] = [];
  const watched: Store = {
    ...breaking(store, "after", "unknown"),
    history: (key, request) => {
      asked.push(request.texts);
      return store.history(key, request);
    },
  };
  expect(await commitOnce(watched, commit, lookUp)).toMatchObject({ records: [{ text: '{"id":"1"}' }] });
  expect(asked).toEqual([false]);
});

test("a store that hangs is not waited for once more", async () => {
  const hanging: Store = {
    ...breaking(createMemoryStore(), "after", "unknown"),
    history: () => new Promise(() => {}),
  };
  await expect(commitOnce(hanging, commit, { lookUpMs: 1 })).rejects.toMatchObject({ outcome: "unknown" });
});
