import { setImmediate as turn } from "node:timers/promises";
import { StoreError } from "@unclash/core";
import type { Commit, CommitResult, Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ask, bodyOf } from "../ask.test-support.js";
import { keyed, replayed, setUp } from "./keyed.test-support.js";

/**
 * A store that says of each commit that nobody knows: `before` it is applied, `after`, or only once `arrive` is called.
 */
function cutOff(store: Store, when: "before" | "after" | "late"): Store & { arrive(): Promise<CommitResult[]> } {
  const late: Commit[] = [];
  return {
    ...store,
    async commit(commit) {
      if (when === "late") late.push(commit);
      if (when === "after") await store.commit(commit);
      throw new StoreError("cut off", "unknown");
    },
    history: () => Promise.reject(new StoreError("cut off", "not-applied")),
    arrive: () => Promise.all(late.map((commit) => store.commit(commit))),
  };
}

describe("a commit of which the process never heard, whether it lives on or not:", () => {
  const post = (store: Store) => keyed(setUp(store), "POST /notes", { json: { n: 1 } });

  test("applied, its repeat gets the answer that was lost", async () => {
    const store = createMemoryStore();
    expect(await post(cutOff(store, "after"))).toMatchObject({ status: 503 });
    const again = await post(store);
    expect(again).toMatchObject({ status: 201, headers: replayed });
    const { records } = await store.list({ prefix: "notes/", limit: 10 });
    expect(records.map(({ text }) => text)).toEqual([again.body]);
  });

  test("applied, and found to be, it is answered as it would have been", async () => {
    const store = createMemoryStore();
    const { history } = store;
    const found = await post({ ...cutOff(store, "after"), history });
    expect(found).toMatchObject({ status: 201, outcome: "created" });
    expect(await post(store)).toMatchObject({ body: found.body, headers: replayed });
  });

  test("not applied, its repeat is", async () => {
    const store = createMemoryStore();
    expect(await post(cutOff(store, "before"))).toMatchObject({ status: 503 });
    expect(await post(store)).toMatchObject({ status: 201, outcome: "created" });
    expect((await store.list({ prefix: "notes/", limit: 10 })).records).toHaveLength(1);
  });

  test("still on its way when its repeat was applied, it is refused", async () => {
    const store = createMemoryStore();
    const slow = cutOff(store, "late");
    expect(await post(slow)).toMatchObject({ status: 503 });
    expect(await post(store)).toMatchObject({ status: 201, outcome: "created" });
    expect(await slow.arrive()).toMatchObject([{ kind: "clash" }]);
    expect((await store.list({ prefix: "notes/", limit: 10 })).records).toHaveLength(1);
  });

  test("of a refusal, its repeat gets the same", async () => {
    const store = createMemoryStore();
    const patch = (on: Store) => keyed(setUp(on), "PATCH /notes/1", { json: {} });
    const lost = await patch(cutOff(store, "after"));
    expect(lost.status).toBe(503);
    expect(bodyOf(lost)).toMatchObject({ outcome: "not-applied" });
    expect(await patch(store)).toMatchObject({ status: 404, headers: replayed });
  });
});

/** A store that is so many turns late before and after each call; then, as it is. */
function delayed(store: Store, turns: readonly number[]): Store {
  let calls = 0;
  const slowly = async <Result>(call: () => Promise<Result>): Promise<Result> => {
    for (let n = turns[calls++] ?? 0; n > 0; n -= 1) await turn();
    const result = await call();
    for (let n = turns[calls++] ?? 0; n > 0; n -= 1) await turn();
    return result;
  };
  return {
    ...store,
    read: (keys) => slowly(() => store.read(keys)),
    commit: (commit) => slowly(() => store.commit(commit)),
  };
}

test("requests with one key at the same time have one effect and one answer, whatever others do meanwhile", {
  timeout: 120_000,
}, async () => {
  const turns = fc.array(fc.nat({ max: 6 }), { minLength: 40, maxLength: 40 });
  const line = fc.constantFrom("POST /notes", "PUT /notes/1", "PATCH /notes/1", "DELETE /notes/1", "PATCH /notes/none");
  await fc.assert(
    fc.asyncProperty(turns, line, fc.boolean(), async (lateness, sent, refused) => {
      const store = createMemoryStore();
      await ask(setUp(store), "PUT /notes/1", { json: { name: "taken" } });
      const late = delayed(store, lateness);
      // A second process, since each has its own engine; and a writer without a key, who makes both lose races.
      const json = refused && sent === "POST /notes" ? { name: "taken" } : { n: 1 };
      const asked = sent.startsWith("DELETE") ? {} : { json };
      const engines = [setUp(late), setUp(late)];
      const others = ask(setUp(late), "PUT /notes/1", { json: { name: "other" } });
      const answers = await Promise.all([0, 1, 0, 1].map((n) => keyed(engines[n] ?? setUp(late), sent, asked)));
      await others;
      const shown = answers.map(({ status, body, headers }) => {
        const { "idempotency-replayed": _, ...rest } = headers;
        return { status, body, headers: rest };
      });
      for (const each of shown) expect(each).toEqual(shown[0]);
      expect(answers.filter(({ outcome }) => outcome !== "replayed")).toHaveLength(1);
      const writes = [];
      for (const { key } of (await store.list({ prefix: "notes/", limit: 10 })).records) {
        writes.push(...(await store.history(key, { limit: 10, texts: false })).records);
      }
      const deleted = (await store.history("notes/1", { limit: 10, texts: false })).records;
      const all = new Set([...writes, ...deleted].map(({ tag }) => tag));
      // The first state of notes/1, the other's, and at most one by this key.
      expect(all.size).toBeLessThanOrEqual(3);
    }),
    { numRuns: 300 },
  );
});
