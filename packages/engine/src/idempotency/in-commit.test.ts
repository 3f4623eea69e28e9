import { StoreError } from "@unclash/core";
import type { Commit, Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { describe, expect, test } from "vitest";
import type { Verdict } from "../access/default-permissions.js";
import { type Asked, ask, bodyOf } from "../ask.test-support.js";
import { keyed, replayed, setUp } from "./keyed.test-support.js";

async function versionOf(store: Store, resource: string): Promise<number | undefined> {
  return (await store.read([resource])).records[0]?.version;
}

test("a success is given again byte for byte, though its If-Match is stale; nothing happens twice", async () => {
  const store = createMemoryStore();
  const unclash = setUp(store);
  const made = await ask(unclash, "POST /articles", { json: { id: "1", title: "Old" } });
  const change = { headers: { "if-match": made.headers["etag"] ?? "" }, json: { title: "New" } };
  const first = await keyed(unclash, "PUT /articles/1", change);
  expect(first).toMatchObject({ status: 200, outcome: "changed" });
  expect(first.headers).not.toHaveProperty("idempotency-replayed");
  const again = await keyed(setUp(store), "PUT /articles/1", change);
  expect(again).toEqual({
    ...first,
    headers: { ...first.headers, "idempotency-replayed": "true" },
    outcome: "replayed",
  });
  expect(await versionOf(store, "articles/1")).toBe(2);
});

test("the answer is kept in the commit that writes the resource, and in no other", async () => {
  const store = createMemoryStore();
  const commits: Commit[] = [];
  const watched: Store = {
    ...store,
    commit(commit) {
      commits.push(commit);
      return store.commit(commit);
    },
  };
  await keyed(setUp(watched), "POST /notes", { json: { id: "1" } });
  expect(commits.map(({ writes }) => writes.map((write) => write.key.replace(/\/.{43}$/, "/…")))).toEqual([
    ["notes/1", "_idempotency/…"],
  ]);
  expect(commits[0]?.writes[1]).toMatchObject({ keep: "none", ttlMs: 86_400_000, expect: "absent" });
});

describe("a refusal is given again, whatever has become of its reason:", () => {
  interface Refused {
    readonly slug: string;
    readonly line: string;
    readonly asked: Asked;
    /** What changes the reason. */
    readonly meanwhile: string;
    readonly asThis?: Asked;
  }
  const refusals: readonly Refused[] = [
    { slug: "not-found", line: "PATCH /notes/2", asked: { json: {} }, meanwhile: "PUT /notes/2", asThis: { json: {} } },
    { slug: "gone", line: "DELETE /notes/gone", asked: {}, meanwhile: "PUT /notes/gone", asThis: { json: {} } },
    {
      slug: "version-conflict",
      line: "PUT /notes/1",
      asked: { json: { version: 2 } },
      meanwhile: "PUT /notes/1",
      asThis: { json: {} },
    },
    {
      slug: "precondition-required",
      line: "PUT /articles/1",
      asked: { json: { title: "A" } },
      meanwhile: "GET /articles",
    },
    { slug: "validation-failed", line: "POST /articles", asked: { json: { title: 1 } }, meanwhile: "GET /articles" },
    { slug: "duplicate", line: "POST /notes", asked: { json: { id: "1" } }, meanwhile: "DELETE /notes/1" },
    { slug: "duplicate", line: "POST /notes", asked: { json: { name: "taken" } }, meanwhile: "DELETE /notes/1" },
  ];
  test.each(refusals)("$slug of $line", async ({ slug, line, asked, meanwhile, asThis = {} }) => {
    const unclash = setUp(createMemoryStore());
    await ask(unclash, "POST /notes", { json: { id: "1", name: "taken" } });
    await ask(unclash, "PUT /notes/gone", { json: {} });
    await ask(unclash, "DELETE /notes/gone");
    const first = await keyed(unclash, line, asked);
    expect(first.outcome).toBe(slug);
    await ask(unclash, meanwhile, asThis);
    const again = await keyed(unclash, line, asked);
    const { status, body } = first;
    expect(again).toMatchObject({ status, body, headers: replayed, outcome: "replayed" });
  });
});

test("a write that changes nothing is given again as that, though others have changed the resource since", async () => {
  const unclash = setUp(createMemoryStore());
  await ask(unclash, "PUT /notes/1", { json: { a: 1 } });
  const first = await keyed(unclash, "PUT /notes/1", { json: { a: 1 } });
  expect(first).toMatchObject({ status: 200, outcome: "unchanged" });
  await ask(unclash, "PUT /notes/1", { json: { a: 2 } });
  expect(await keyed(unclash, "PUT /notes/1", { json: { a: 1 } })).toMatchObject({
    body: first.body,
    headers: replayed,
  });
  expect(bodyOf(await ask(unclash, "GET /notes/1"))).toMatchObject({ a: 2 });
});

test("what is not allowed is asked anew each time, and so is what a store did not answer", async () => {
  const store = createMemoryStore();
  let verdict: Verdict = "deny";
  let isDown = true;
  const failing: Store = {
    ...store,
    commit: (commit) => (isDown ? Promise.reject(new StoreError("down", "not-applied")) : store.commit(commit)),
  };
  const unclash = setUp(failing, { authorize: (action) => (action === "create" ? verdict : "allow") });
  const put = () => keyed(unclash, "PUT /notes/1", { json: {} });
  expect(await put()).toMatchObject({ status: 403 });
  verdict = "allow";
  expect(await put()).toMatchObject({ status: 503 });
  isDown = false;
  expect(await put()).toMatchObject({ status: 201 });
  expect(await put()).toMatchObject({ status: 201, headers: replayed });
});

test("a state is shown again only to who may read it then; to others the write is confirmed without it", async () => {
  const store = createMemoryStore();
  let verdict: Verdict = "allow";
  const unclash = setUp(store, { authorize: (action) => (action === "read" ? verdict : "allow") });
  const post = () => keyed(unclash, "POST /notes", { json: { id: "1", secret: "s" } });
  const put = () => keyed(unclash, "PUT /notes/1", { json: { secret: "t" } });
  const [made, changed] = [await post(), await put()];
  expect(made.body).toContain("secret");
  verdict = "deny";
  const { etag, "last-modified": date, location } = made.headers;
  const bare = { etag, "last-modified": date, location, "idempotency-replayed": "true", "content-length": "0" };
  expect(await post()).toEqual({ status: 201, headers: bare, body: null, outcome: "replayed" });
  expect(await put()).toEqual({
    status: 204,
    headers: {
      etag: changed.headers["etag"],
      "last-modified": changed.headers["last-modified"],
      "idempotency-replayed": "true",
    },
    body: null,
    outcome: "replayed",
  });
});

test("with a key too, whether a state may be read is asked once it is there", async () => {
  const store = createMemoryStore();
  const there: boolean[] = [];
  const unclash = setUp(store, {
    async authorize(action, resource): Promise<Verdict> {
      if (action === "read") there.push((await store.read([resource])).records[0] !== undefined);
      return "allow";
    },
  });
  await keyed(unclash, "POST /notes", { json: { id: "1" } });
  expect(there).toEqual([true]);
});

test("what is only tried out finds an answer, and leaves none", async () => {
  const store = createMemoryStore();
  const unclash = setUp(store);
  const put = (prefer?: string) => keyed(unclash, "PUT /notes/1", { json: {}, ...(prefer && { headers: { prefer } }) });
  expect(await put("dry-run")).toMatchObject({ status: 201, outcome: "dry-run" });
  expect(await put()).toMatchObject({ status: 201, outcome: "created" });
  expect(await put("dry-run")).toMatchObject({ status: 201, outcome: "replayed" });
  const patch = (prefer: string) => keyed(unclash, "PATCH /notes/2", { json: {}, headers: { prefer } });
  expect(await patch("dry-run")).toMatchObject({ status: 404, outcome: "not-found" });
  expect(await patch("")).toMatchObject({ status: 404, outcome: "not-found" });
  expect(await versionOf(store, "notes/1")).toBe(1);
});

test("a key is forgotten after the time that is set, by the store's clock", async () => {
  let now = 1_800_000_000_000;
  const store = createMemoryStore({ clock: () => now });
  const unclash = setUp(store, { idempotency: { keepMs: 1_000 } });
  const post = (title: string) => keyed(unclash, "POST /articles", { json: { title } });
  const first = bodyOf(await post("A"));
  now += 999;
  expect(bodyOf(await post("A"))).toEqual(first);
  expect(await post("B")).toMatchObject({ status: 422, outcome: "idempotency-key-reused" });
  now += 1;
  const second = await post("B");
  expect(second).toMatchObject({ status: 201, outcome: "created" });
  expect(bodyOf(await post("B"))).toEqual(bodyOf(second));
});

test("a record that this release has not written is 503, and nothing happens", async () => {
  const store = createMemoryStore();
  const unclash = setUp(store);
  await keyed(unclash, "PUT /notes/1", { json: {} });
  const strange: Store = {
    ...store,
    async read(keys) {
      const { now, records } = await store.read(keys);
      return { now, records: records.map((record) => record && { ...record, text: '{"format":2}' }) };
    },
  };
  expect(await keyed(setUp(strange), "PUT /notes/1", { json: {} })).toMatchObject({ status: 503 });
  expect(await versionOf(store, "notes/1")).toBe(1);
});

test("an answer given again is told to the observer as that", async () => {
  const outcomes: string[] = [];
  const unclash = setUp(createMemoryStore(), {
    observe: (decision) => decision.kind === "request" && outcomes.push(decision.outcome),
  });
  await keyed(unclash, "POST /notes", { json: {} });
  await keyed(unclash, "POST /notes", { json: {} });
  await keyed(unclash, "POST /notes", { json: { n: 1 } });
  expect(outcomes).toEqual(["created", "replayed", "idempotency-key-reused"]);
});

test("a key that can't be read is told with all else that is malformed, before anything is looked at", async () => {
  const unclash = setUp(createMemoryStore());
  const headers = { "idempotency-key": "a, b", "if-match": "x" };
  const plan = await ask(unclash, "PUT /articles/none", { headers, json: { title: "A" } });
  expect(plan.status).toBe(400);
  expect(bodyOf(plan)).toMatchObject({
    errors: [
      { code: "malformed-etag", header: "If-Match" },
      { code: "malformed-idempotency-key", header: "Idempotency-Key" },
    ],
  });
});

test("a read does not look at a key", async () => {
  const unclash = setUp(createMemoryStore());
  for (const line of ["GET /notes", "HEAD /notes"]) {
    expect(await ask(unclash, line, { headers: { "idempotency-key": "" } })).toMatchObject({ status: 200 });
  }
});
