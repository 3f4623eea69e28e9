import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import { formerPrefix } from "../idempotency/record-keys.js";
import type { CollectionOptions } from "../resources/collection-options.js";
import { createUnclash } from "../unclash.js";

const notes: CollectionOptions = {
  schema: z.looseObject({}),
  preconditions: { required: false },
  retention: { count: 1_000 },
};

function engine(store: Store) {
  return createUnclash({ store, collections: { notes }, identify: () => ({ name: "admin", role: "admin" }) });
}

type Engine = ReturnType<typeof engine>;

function redact(unclash: Engine, version: number, ...paths: string[]) {
  return ask(unclash, `POST /notes/1/versions/${version}/redact`, { json: { paths } });
}

/** All texts that a store holds at this moment, those of kept answers too. */
async function textsIn(store: Store): Promise<string> {
  const { records } = await store.list({ prefix: "_idempotency/", limit: 1_000 });
  const former = await store.list({ prefix: formerPrefix, limit: 1_000 });
  const past = await store.history("notes/1", { limit: 1_000, texts: true });
  return [...records, ...former.records, ...past.records].map(({ text }) => text).join("\n");
}

test("of two redactions of one state at the same time none is lost, wherever the one meets the other", async () => {
  const calls = 12;
  for (let at = 0; at < calls; at += 1) {
    const memory = createMemoryStore();
    let call = Number.NEGATIVE_INFINITY;
    const between = async () => {
      if (call++ === at) expect(await redact(engine(memory), 1, "/b")).toMatchObject({ status: 200 });
    };
    const store: Store = {
      ...memory,
      read: async (keys) => between().then(() => memory.read(keys)),
      history: async (key, request) => between().then(() => memory.history(key, request)),
      list: async (range) => between().then(() => memory.list(range)),
      commit: async (commit) => between().then(() => memory.commit(commit)),
    };
    const unclash = engine(store);
    await ask(unclash, "PUT /notes/1", { json: { a: 1, b: 2, c: 3 } });
    await ask(unclash, "PUT /notes/1", { json: {} });
    call = 0;
    expect(await redact(unclash, 1, "/a")).toMatchObject({ status: 200 });
    const left = bodyOf(await ask(engine(memory), "GET /notes/1/versions/1"));
    expect(left, `before call ${at}`).toEqual(call > at ? { id: "1", version: 1, c: 3 } : expect.anything());
    const { items } = bodyOf(await ask(engine(memory), "GET /notes/1/versions"));
    expect(items).toMatchObject([{ version: 2 }, { version: 1, redactions: call > at ? [{}, {}] : [{}] }]);
  }
});

test("nothing of a redacted state is left in the store, however many answers hold it, lapsed ones too", async () => {
  let now = 1_000;
  const store = createMemoryStore({ clock: () => now });
  const unclash = engine(store);
  const keyed = (n: number) => ({ "idempotency-key": `key-${n}` });
  await ask(unclash, "PUT /notes/1", { json: { word: "s3cr3t" }, headers: keyed(0) });
  now += 80_000_000;
  for (let n = 1; n <= 250; n += 1) {
    await ask(unclash, "PUT /notes/1", { json: { word: "s3cr3t" }, headers: keyed(n) });
  }
  now += 10_000_000;
  await ask(unclash, "PUT /notes/1", { json: { word: "other" } });
  const etag = (await ask(unclash, "GET /notes/1/versions/1")).headers["etag"] ?? "";
  const conflict = { json: { word: "mine" }, headers: { ...keyed(251), "if-match": etag } };
  expect((await ask(unclash, "PUT /notes/1", conflict)).status).toBe(409);
  expect((await textsIn(store)).match(/s3cr3t/g)).toHaveLength(252);
  expect(await redact(unclash, 1, "/word")).toMatchObject({ status: 200 });
  expect(await textsIn(store)).not.toContain("s3cr3t");
  const again = await ask(unclash, "PUT /notes/1", { json: { word: "s3cr3t" }, headers: keyed(7) });
  expect(again).toMatchObject({ body: '{"id":"1","version":1}', headers: { "idempotency-replayed": "true" } });
});

test("a redaction that fails before its commit can be repeated, and kept answers are whole until then", async () => {
  const memory = createMemoryStore();
  let isBroken = false;
  const store: Store = {
    ...memory,
    commit: (commit) =>
      isBroken && commit.writes.some((write) => "redact" in write)
        ? Promise.reject(new Error("died here"))
        : memory.commit(commit),
  };
  const unclash = engine(store);
  const keyed = { json: { word: "s3cr3t" }, headers: { "idempotency-key": "key" } };
  const first = await ask(unclash, "PUT /notes/1", keyed);
  await ask(unclash, "PUT /notes/1", { json: {} });
  isBroken = true;
  await expect(redact(unclash, 1, "/word")).rejects.toThrow("died here");
  const { body, headers } = await ask(unclash, "PUT /notes/1", keyed);
  expect([body, headers["etag"]]).toEqual([first.body, first.headers["etag"]]);
  isBroken = false;
  expect(await redact(unclash, 1, "/word")).toMatchObject({ status: 200 });
  expect(await textsIn(store)).not.toContain("s3cr3t");
});

test("the redactions of many states are told on each page of the history", async () => {
  const unclash = engine(createMemoryStore());
  for (let n = 1; n <= 121; n += 1) await ask(unclash, "PUT /notes/1", { json: { n } });
  for (let n = 1; n <= 120; n += 1) await redact(unclash, n, "/n");
  const { items } = bodyOf(await ask(unclash, "GET /notes/1/versions?limit=100"));
  const redacted = z.array(z.looseObject({ redactions: z.array(z.unknown()).optional() })).parse(items);
  expect(redacted.filter(({ redactions }) => redactions?.length === 1)).toHaveLength(99);
});
