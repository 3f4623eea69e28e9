import type { Key, Store, StoredRecord } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { internalRecords } from "../commits/internal-records.js";
import { createGuard } from "../pipeline/guard.js";
import type { LoadedState } from "../states/loaded-state.js";
import { keyed, replayed, setUp } from "./keyed.test-support.js";
import { formerPrefix } from "./record-keys.js";

const { prefix } = internalRecords.idempotency;

/** The store as a process of an earlier release uses it: it knows one place for a record, the former one. */
function asEarlier(store: Store): Store {
  const former = (key: Key): Key => (key.startsWith(prefix) ? formerPrefix + key.slice(prefix.length) : key);
  const current = (found: StoredRecord | undefined, key: Key): StoredRecord | undefined => found && { ...found, key };
  return {
    ...store,
    async read(keys) {
      const asked = keys.filter((key) => !key.startsWith(formerPrefix));
      const { now, records } = await store.read(asked.map(former));
      return { now, records: keys.map((key) => current(records[asked.indexOf(key)], key)) };
    },
    commit: (commit) =>
      store.commit({ ...commit, writes: commit.writes.map((write) => ({ ...write, key: former(write.key) })) }),
  };
}

async function keysOf(store: Store): Promise<readonly string[]> {
  const lists = [prefix, formerPrefix].map((one) => store.list({ prefix: one, limit: 10, texts: false }));
  return (await Promise.all(lists)).flatMap(({ records }) => records.map(({ key }) => key.slice(0, key.indexOf("/"))));
}

test("an answer that an earlier release has kept is given again", async () => {
  const store = createMemoryStore();
  const first = await keyed(setUp(asEarlier(store)), "POST /notes", { json: { n: 1 } });
  expect(first.status).toBe(201);
  expect(await keysOf(store)).toEqual(["idempotency"]);
  const again = await keyed(setUp(store), "POST /notes", { json: { n: 1 } });
  expect(again).toMatchObject({ status: 201, body: first.body, headers: replayed });
  expect(await keyed(setUp(store), "POST /notes", { json: { n: 2 } })).toMatchObject({ status: 422 });
});

test("a record of today is found before one that an earlier release has put beside it", async () => {
  const store = createMemoryStore();
  const first = await keyed(setUp(store), "POST /notes", { json: { n: 1 } });
  await keyed(setUp(asEarlier(store)), "POST /notes", { json: { n: 1 } });
  expect(await keysOf(store)).toEqual(["_idempotency", "idempotency"]);
  expect(await keyed(setUp(store), "POST /notes", { json: { n: 1 } })).toMatchObject({ body: first.body });
});

test("a key whose record of an earlier release is over may be used again", async () => {
  let now = 1_800_000_000_000;
  const store = createMemoryStore({ clock: () => now });
  await keyed(setUp(asEarlier(store)), "PUT /notes/1", { json: { n: 1 } });
  now += 86_400_001;
  expect(await keyed(setUp(store), "PUT /notes/1", { json: { n: 2 } })).toMatchObject({ outcome: "changed" });
  const again = await keyed(setUp(store), "PUT /notes/1", { json: { n: 2 } });
  expect(again).toMatchObject({ status: 200, headers: replayed });
});

test("a guard knows what a process of an earlier release is running, and its outcome", async () => {
  const store = createMemoryStore();
  const guardOn = (on: Store) =>
    createGuard<object, LoadedState>({ resource: () => null, idempotency: { store: on, anonymous: "address" } });
  const [earlier, today] = [guardOn(asEarlier(store)), guardOn(store)];
  const facts = { method: "POST", base: "", path: "/orders", query: "", address: "127.0.0.1" };
  const headers = { "idempotency-key": "a-key-of-sixteen-letters" };
  const send = (guard: typeof earlier) =>
    guard.enter({ ...facts, headers, body: { kind: "parsed", value: {} }, native: {} });
  const running = await send(earlier);
  if (running.kind === "answer") throw new Error("It did not run.");
  const meanwhile = await send(today);
  expect(meanwhile).toMatchObject({ error: { answer: { outcome: "idempotency-in-progress" } } });
  const answer = { status: 201, headers: {}, body: "made" };
  await running.guardedResponse.run?.settle({ kind: "answer", answer });
  expect(await send(today)).toMatchObject({ error: { answer: { status: 201, body: "made", headers: replayed } } });
});
