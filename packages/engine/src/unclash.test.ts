import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { StoreError } from "@unclash/core";
import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "./ask.test-support.js";
import { stopProcessTime } from "./commits/process-time.test-support.js";
import type { Decision } from "./decision.js";
import { decisionChannel } from "./observing/observer.js";
import type { UnclashOptions } from "./options.js";
import { createUnclash, lifecycleOf } from "./unclash.js";

const articles = { schema: z.object({ title: z.string() }) };

function setUp(options: Partial<UnclashOptions> = {}) {
  return createUnclash({ store: createMemoryStore(), collections: { articles }, ...options });
}

test("two writers of one state: the first gets in, the second is told what changed and gets in then", async () => {
  const unclash = setUp();
  const made = await ask(unclash, "POST /articles", { json: { id: "1", title: "Old" } });
  const etag = made.headers["etag"] ?? "";
  const alice = await ask(unclash, "PUT /articles/1", { headers: { "if-match": etag }, json: { title: "New" } });
  expect(alice).toMatchObject({ status: 200, outcome: "changed" });
  const bob = await ask(unclash, "PUT /articles/1", { headers: { "if-match": etag }, json: { title: "Mine" } });
  expect(bob.status).toBe(409);
  expect(bodyOf(bob)).toMatchObject({
    type: "urn:problem-type:unclash:version-conflict",
    detail: "articles/1 is at version 2, and this request is for version 1.",
    expected: { etag: [etag] },
    current: { version: 2, etag: alice.headers["etag"] },
    conflictingFields: ["/title"],
    changes: [{ op: "replace", path: "/title", value: "New" }],
    identical: false,
  });
  const again = { headers: { "if-match": alice.headers["etag"] ?? "" }, json: { title: "Mine" } };
  expect(await ask(unclash, "PUT /articles/1", again)).toMatchObject({ status: 200 });
});

test("every decision is told to the observer and to the diagnostics channel", async () => {
  const observed: Decision[] = [];
  const published: unknown[] = [];
  const listen = (message: unknown) => published.push(message);
  subscribe(decisionChannel, listen);
  const unclash = setUp({ observe: (decision) => observed.push(decision), identify: () => ({ name: "alice" }) });
  await ask(unclash, "POST /articles", { json: { id: "1", title: "Old" } });
  await ask(unclash, "PUT /articles/1", { json: { title: "New" } });
  await ask(unclash, "GET /nothing");
  unsubscribe(decisionChannel, listen);
  expect(observed).toMatchObject([
    { method: "POST", route: "/articles", actor: "alice", status: 201, outcome: "created", attempts: 1 },
    { method: "PUT", route: "/articles/{id}", resource: "articles/1", status: 428, outcome: "precondition-required" },
    { method: "GET", route: undefined, resource: undefined, status: 404, outcome: "not-found" },
  ]);
  expect(published).toEqual(observed);
});

test.each(["not-applied", "unknown"] as const)(
  "a store that fails with the outcome %s answers 503 and says so",
  async (outcome) => {
    const broken: Store = { ...createMemoryStore(), commit: () => Promise.reject(new StoreError("down", outcome)) };
    const plan = await ask(setUp({ store: broken }), "POST /articles", { json: { title: "New" } });
    expect(plan).toMatchObject({ status: 503, headers: { "retry-after": "1", "cache-control": "no-store" } });
    expect(bodyOf(plan)).toMatchObject({ type: "urn:problem-type:unclash:store-unavailable", outcome });
  },
);

test("a store that fails once the write is in it does not make the write seem not applied", async () => {
  const store = createMemoryStore();
  const down = () => Promise.reject(new StoreError("down", "not-applied"));
  const unclash = setUp({ store, authorize: (action) => (action === "read" ? down() : "allow") });
  const plan = await ask(unclash, "POST /articles", { json: { id: "1", title: "New" } });
  expect(plan.status).toBe(503);
  expect(bodyOf(plan)).toMatchObject({ outcome: "unknown" });
  expect((await store.read(["articles/1"])).records).toMatchObject([{ version: 1 }]);
});

test("an observer is told the key of a resource, and none where the path holds no id", async () => {
  const resources: unknown[] = [];
  const unclash = setUp({ observe: (decision) => decision.kind === "request" && resources.push(decision.resource) });
  for (const path of ["/articles/a%20b", "/articles/%ff", "/articles/a%2Fb", "/articles"])
    await ask(unclash, `GET ${path}`);
  expect(resources).toEqual(["articles/a b", undefined, undefined, undefined]);
});

test("a write without a precondition that keeps losing races is given up after the time that is set", async () => {
  const store = createMemoryStore();
  const pass = stopProcessTime();
  let commits = 0;
  const contested: Store = {
    ...store,
    commit: async (commit) => {
      const [write] = commit.writes;
      commits += 1;
      pass(10);
      if (write !== undefined && write.expect !== "absent") {
        const others = { ...commit, tag: `other${String(commits).padStart(11, "0")}` };
        await store.commit({ ...others, writes: [{ key: write.key, expect: "present", put: "{}" }] });
      }
      return store.commit(commit);
    },
  };
  const optional = { ...articles, preconditions: { required: false } } as const;
  const unclash = setUp({
    store: contested,
    collections: { articles: optional },
    requestLimits: { contendedWriteMs: 25 },
  });
  await ask(unclash, "POST /articles", { json: { id: "1", title: "Old" } });
  const plan = await ask(unclash, "PUT /articles/1", { json: { title: "New" } });
  expect(plan.status).toBe(503);
  expect(bodyOf(plan)).toMatchObject({ outcome: "not-applied" });
  expect(commits).toBe(1 + 3);
});

test("what the app's own functions throw is the framework's to handle", async () => {
  const unclash = setUp({ authorize: () => Promise.reject(new Error("no directory")) });
  await expect(ask(unclash, "GET /articles/1")).rejects.toThrow("no directory");
});

test("a resource that grew patch by patch past what a body may hold is refused", async () => {
  const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;
  const unclash = setUp({ collections: { notes }, requestLimits: { bodyBytesMax: 100 } });
  await ask(unclash, "POST /notes", { json: { id: "1", a: "x".repeat(50) } });
  expect(await ask(unclash, "PATCH /notes/1", { json: { b: "x".repeat(50) } })).toMatchObject({ status: 413 });
  expect(bodyOf(await ask(unclash, "GET /notes/1"))).not.toHaveProperty("b");
});

test("a resource that grew patch by patch past the members that a body may have is refused", async () => {
  const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;
  const unclash = setUp({ collections: { notes }, requestLimits: { jsonKeysMax: 3 } });
  await ask(unclash, "POST /notes", { json: { id: "1", a: 1, b: 2 } });
  const plan = await ask(unclash, "PATCH /notes/1", { json: { c: 3, d: 4 } });
  expect(plan.status).toBe(400);
  expect(bodyOf(plan)).toMatchObject({ errors: [{ code: "too-many-keys" }] });
});

test("a list shows only what the caller may read, page by page, and its cursor names nothing else", async () => {
  const notes = { schema: z.looseObject({}) };
  const hidden = (key: string) => key.includes("secret");
  const unclash = setUp({ collections: { notes }, authorize: (_, key) => (hidden(key) ? "hide" : "allow") });
  const store = createMemoryStore();
  const open = createUnclash({ store, collections: { notes } });
  const shut = createUnclash({
    store,
    collections: { notes },
    authorize: (_, key) => (hidden(key) ? "hide" : "allow"),
  });
  expect(bodyOf(await ask(unclash, "GET /notes"))).toEqual({ items: [], next: null });
  for (const id of ["a-secret", "b", "c-secret", "d-secret", "e", "f-secret"])
    await ask(open, "POST /notes", { json: { id } });
  const shown: unknown[] = [];
  for (let path = "/notes?limit=1"; ; ) {
    const { items, next } = z
      .object({ items: z.array(z.object({ id: z.string() })), next: z.string().nullable() })
      .parse(bodyOf(await ask(shut, `GET ${path}`)));
    shown.push(...items.map(({ id }) => id));
    if (next === null) break;
    expect(Buffer.from(next, "base64url").toString()).not.toContain("secret");
    path = `/notes?limit=1&after=${next}`;
  }
  expect(shown).toEqual(["b", "e"]);
});

test.each(["dry-run", "dry-run=true", 'dry-run="1"'])("Prefer: %s applies nothing", async (prefer) => {
  const unclash = setUp();
  const made = await ask(unclash, "POST /articles", { json: { id: "1", title: "Old" } });
  const headers = { "if-match": made.headers["etag"] ?? "", prefer };
  expect(await ask(unclash, "DELETE /articles/1", { headers })).toMatchObject({ status: 204, outcome: "dry-run" });
  expect(await ask(unclash, "GET /articles/1")).toMatchObject({ status: 200 });
});

test("of very many things that are wrong, the first hundred are named, and all are counted", async () => {
  const notes = { schema: z.object({ tags: z.array(z.string()) }) };
  const tags = Array.from({ length: 5_000 }, (_, n) => n);
  const plan = await ask(setUp({ collections: { notes } }), "POST /notes", { json: { tags } });
  expect(plan.status).toBe(422);
  const { errors, detail } = bodyOf(plan);
  expect(errors).toHaveLength(101);
  expect(errors).toMatchObject({ 100: { code: "too-many-errors", detail: "4900 more things are not valid." } });
  expect(detail).toBe("5000 things in the content are not valid.");
});

test("an engine that is closed answers 503, and leaves its store and the app's functions alone", async () => {
  const store = createMemoryStore();
  const identify = vi.fn();
  const outcomes: string[] = [];
  const observe: UnclashOptions["observe"] = (decision) => {
    if (decision.kind === "request") outcomes.push(decision.outcome);
  };
  const unclash = setUp({ store, identify, observe });
  unclash.start();
  await unclash.drain();
  expect([unclash.state, (await ask(unclash, "GET /articles")).status]).toEqual(["draining", 200]);
  await unclash.close();
  await store.close();
  identify.mockClear();
  const plan = await ask(unclash, "GET /articles/1");
  expect(plan).toMatchObject({ status: 503, headers: { "retry-after": "1", "cache-control": "no-store" } });
  expect(bodyOf(plan)).toMatchObject({
    type: "urn:problem-type:unclash:store-unavailable",
    detail: "The server is shutting down.",
    instance: "/articles/1",
    outcome: "not-applied",
  });
  expect((await ask(unclash, "HEAD /articles/1")).body).toBeNull();
  expect([identify.mock.calls.length, outcomes]).toEqual([0, ["ok", "store-unavailable", "store-unavailable"]]);
});

test("engines over one store have one housekeeper, until the last of them ends", async () => {
  const store = createMemoryStore();
  const engines = [setUp({ store }), setUp({ store })];
  for (const unclash of engines) unclash.start();
  const holder = async () => (await store.read(["_housekeeper"])).records[0]?.version;
  await expect.poll(holder).toBe(1);
  await engines[0]?.close();
  expect(await holder()).toBe(1);
  await engines[1]?.close();
  expect(await holder()).toBeUndefined();
});

test("a stream of an engine ends with it", async () => {
  const unclash = setUp();
  const body = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
  const plan = lifecycleOf(unclash).stream({ status: 200, headers: {}, outcome: "ok", body });
  const next = plan.body[Symbol.asyncIterator]().next();
  await unclash.close();
  expect(await next).toEqual({ done: true, value: undefined });
  expect(() => lifecycleOf({ ...unclash })).toThrow("lifecycleOf() must be given what createUnclash");
});
