import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ask } from "../ask.test-support.js";
import { createUnclash } from "../unclash.js";
import { keyed, replayed } from "./keyed.test-support.js";

const key = (n: number): { readonly "idempotency-key": string } => ({ "idempotency-key": `key-of-request-${n}` });

/** An engine whose caller may read until it is told otherwise. */
function setUp() {
  let mayRead = true;
  const notes = { schema: z.looseObject({}), unique: ["name"], conflicts: { discloseCurrent: true } } as const;
  const states = { status: { initial: ["new"], transitions: { new: ["done"] } } };
  const unclash = createUnclash({
    store: createMemoryStore(),
    collections: {
      notes: { ...notes, preconditions: { required: false } },
      jobs: { schema: z.looseObject({}), states },
    },
    authorize: (action) => (action === "read" && !mayRead ? "deny" : "allow"),
  });
  return {
    unclash,
    revoke: () => {
      mayRead = false;
    },
    grant: () => {
      mayRead = true;
    },
  };
}

describe("once a caller may no longer read, a repeat hides what a fresh answer would hide:", () => {
  test("the state of a success", async () => {
    const { unclash, revoke } = setUp();
    const first = await keyed(unclash, "PUT /notes/1", { json: { a: 1 } });
    expect(JSON.parse(first.body ?? "")).toMatchObject({ a: 1 });
    revoke();
    const again = await keyed(unclash, "PUT /notes/1", { json: { a: 1 } });
    expect(again).toMatchObject({ status: 201, body: null, headers: replayed });
  });

  test("the current state in a conflict, and what others changed", async () => {
    const { unclash, revoke, grant } = setUp();
    const made = await ask(unclash, "PUT /notes/1", { json: { a: 1 } });
    await ask(unclash, "PUT /notes/1", { json: { a: 2 } });
    const headers = { "if-match": String(made.headers["etag"]) };
    const first = await keyed(unclash, "PUT /notes/1", { headers, json: { a: 3 } });
    expect(JSON.parse(first.body ?? "")).toMatchObject({ current: { representation: { a: 2 } }, changes: [{}] });
    revoke();
    const again = await keyed(unclash, "PUT /notes/1", { headers, json: { a: 3 } });
    const fresh = await ask(unclash, "PUT /notes/1", { headers, json: { a: 3 } });
    expect(again.headers).toEqual({ ...fresh.headers, "idempotency-replayed": "true" });
    const { identical: _, ...shown } = JSON.parse(fresh.body ?? "");
    expect(JSON.parse(again.body ?? "")).toEqual(shown);
    grant();
    expect((await keyed(unclash, "PUT /notes/1", { headers, json: { a: 3 } })).body).toBe(first.body);
  });

  test("who holds a value that is taken", async () => {
    const { unclash, revoke } = setUp();
    await ask(unclash, "PUT /notes/1", { json: { name: "a" } });
    const first = await keyed(unclash, "PUT /notes/2", { json: { name: "a" } });
    expect(JSON.parse(first.body ?? "")).toMatchObject({ holder: "notes/1" });
    revoke();
    const again = await keyed(unclash, "PUT /notes/2", { json: { name: "a" } });
    expect(again).toMatchObject({ status: 409, headers: replayed });
    expect(JSON.parse(again.body ?? "")).not.toHaveProperty("holder");
  });

  test("the state that does not allow a change, and that a resource was there", async () => {
    const { unclash, revoke } = setUp();
    const made = await ask(unclash, "PUT /jobs/1", { headers: { "if-none-match": "*" }, json: { status: "new" } });
    const headers = { "if-match": String(made.headers["etag"]) };
    const first = await keyed(unclash, "PUT /jobs/1", { headers, json: { status: "gone" } });
    expect(JSON.parse(first.body ?? "")).toMatchObject({ from: "new" });
    await ask(unclash, "DELETE /jobs/1", { headers });
    const gone = await keyed(unclash, "DELETE /jobs/1", { headers });
    expect(gone.status).toBe(410);
    revoke();
    const again = await keyed(unclash, "PUT /jobs/1", { headers, json: { status: "gone" } });
    expect(again.body).not.toContain("new");
    expect(JSON.parse(again.body ?? "")).toMatchObject({ status: 409, field: "/status" });
    expect(await keyed(unclash, "DELETE /jobs/1", { headers })).toMatchObject({ status: 404, headers: replayed });
  });
});

/** How many characters the records of keys take in a store. */
async function keptIn(store: Store): Promise<{ readonly records: number; readonly characters: number }> {
  const { records } = await store.list({ prefix: "_idempotency/", limit: 1_000 });
  return {
    records: records.length,
    characters: records.reduce((sum, { text }) => sum + (text?.length ?? 0), 0),
  };
}

describe("what is kept of an answer", () => {
  test("300 answers that show a state of 1 MB take a few hundred KB, and are given again whole", async () => {
    const store = createMemoryStore();
    const collections = { notes: { schema: z.looseObject({}), preconditions: { required: false } } } as const;
    const unclash = createUnclash({ store, collections, requestLimits: { bodyBytesMax: 2_000_000 } });
    await ask(unclash, "PUT /notes/1", { json: { text: "x".repeat(1_000_000) } });
    const patch = { headers: { "content-type": "application/merge-patch+json" }, json: {} };
    const first = await ask(unclash, "PATCH /notes/1", { ...patch, headers: { ...patch.headers, ...key(0) } });
    for (let n = 1; n < 300; n += 1)
      await ask(unclash, "PATCH /notes/1", { ...patch, headers: { ...patch.headers, ...key(n) } });
    const { records, characters } = await keptIn(store);
    expect(records).toBe(300);
    expect(characters).toBeLessThan(300 * 1_024);
    await ask(unclash, "PUT /notes/1", { json: { text: "short" } });
    const again = await ask(unclash, "PATCH /notes/1", { ...patch, headers: { ...patch.headers, ...key(0) } });
    expect(again).toEqual({
      ...first,
      headers: { ...first.headers, "idempotency-replayed": "true" },
      outcome: "replayed",
    });
  });

  test("where past states are not kept, a small one is copied; a repeat of a large one has no content", async () => {
    const store = createMemoryStore();
    const notes = { schema: z.looseObject({}), preconditions: { required: false }, retention: "none" } as const;
    const unclash = createUnclash({ store, collections: { notes }, idempotency: { answerBytesMax: 100 } });
    for (const [id, text, again] of [
      ["1", "small", 201],
      ["2", "x".repeat(100), 201],
    ] as const) {
      const made = await keyed(unclash, `PUT /notes/${id}`, { json: { text } });
      expect((await keyed(unclash, `PUT /notes/${id}`, { json: { text } })).body).toBe(made.body);
      await ask(unclash, `PUT /notes/${id}`, { json: { text: "other" } });
      const repeat = await keyed(unclash, `PUT /notes/${id}`, { json: { text } });
      expect(repeat).toMatchObject({ status: again, body: id === "1" ? made.body : null, headers: replayed });
      expect(repeat.headers["etag"]).toBe(made.headers["etag"]);
    }
  });

  test("a problem that is too large is given again without what it shows of the state", async () => {
    const unclash = createUnclash({
      store: createMemoryStore(),
      collections: {
        notes: { schema: z.looseObject({}), preconditions: { required: false }, conflicts: { discloseCurrent: true } },
      },
      idempotency: { answerBytesMax: 1_000 },
    });
    const made = await ask(unclash, "PUT /notes/1", { json: { a: 1 } });
    await ask(unclash, "PUT /notes/1", { json: { text: "x".repeat(1_000) } });
    const stale = { headers: { "if-match": String(made.headers["etag"]) }, json: { a: 2 } };
    expect((await keyed(unclash, "PUT /notes/1", stale)).body).toContain("xxx");
    const again = await keyed(unclash, "PUT /notes/1", stale);
    expect(again).toMatchObject({ status: 409, headers: replayed });
    expect(JSON.parse(again.body ?? "")).not.toHaveProperty("current");
  });
});
