import type { Commit, Store, Write } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { internalRecords } from "../commits/internal-records.js";
import { setUpSubscribers } from "./subscriptions.test-support.js";

const path = "/conflict-notifications";

/** Two processes over one store that make subscriptions at once, by the statuses of their answers. */
async function race(store: Store, limits: object, names: readonly string[]): Promise<Record<number, number>> {
  const processes = [1, 2].map(() => setUpSubscribers({ store, notifications: { limits } }));
  const isOfHost = "subscriptionsPerHostMax" in limits;
  const json = { resources: ["*"], ...(isOfHost && { callback: { url: "https://8.8.8.8/hook" } }) };
  const answers = names.flatMap((name) => processes.map(({ as }) => as(name)(`POST ${path}`, json)));
  const counts: Record<number, number> = {};
  for (const { status } of await Promise.all(answers)) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** A store that does not look whether records of a kind are those that were read. */
function heedless(kind: "subscribers" | "callbackHosts"): Store {
  const memory = createMemoryStore();
  const { prefix } = internalRecords[kind];
  const withoutCheck = (write: Write): Write => (write.key.startsWith(prefix) ? { ...write, expect: "any" } : write);
  return {
    ...memory,
    commit: (commit: Commit) => memory.commit({ ...commit, writes: commit.writes.map(withoutCheck) }),
  };
}

const bobs = Array.from({ length: 6 }, () => "bob");
const many = Array.from({ length: 6 }, (_, n) => `client ${n}`);

test("of many creations at once in two processes a client gets as many as it may have", async () => {
  const store = createMemoryStore();
  expect(await race(store, { subscriptionsPerClientMax: 3 }, bobs)).toEqual({ 201: 3, 429: 9 });
  const { as } = setUpSubscribers({ store });
  expect((await as("bob")(`GET ${path}`)).body["items"]).toHaveLength(3);
});

test("of many clients at once in two processes a host gets as many as it may have", async () => {
  const store = createMemoryStore();
  expect(await race(store, { subscriptionsPerHostMax: 5 }, many)).toEqual({ 201: 5, 429: 7 });
});

test("these races find a cap that is checked, but not relied on by the commit", async () => {
  const perClient = await race(heedless("subscribers"), { subscriptionsPerClientMax: 3 }, bobs);
  expect(perClient[201]).toBeGreaterThan(3);
  const perHost = await race(heedless("callbackHosts"), { subscriptionsPerHostMax: 5 }, many);
  expect(perHost[201]).toBeGreaterThan(5);
});

test("changes, secrets, tests and deletions at once in two processes leave the counts as they should be", async () => {
  const store = createMemoryStore();
  const processes = [1, 2].map(() => setUpSubscribers({ store, notifications: { limits: {} } }).as("bob"));
  const [one, other] = processes;
  if (one === undefined || other === undefined) throw new TypeError("There are two.");
  const make = () => one(`POST ${path}`, { resources: ["*"], callback: { url: "https://8.8.8.8/hook" } });
  const made = await Promise.all(Array.from({ length: 6 }, make));
  const ids = made.map(({ body }) => String(body["id"]));
  const moved = { callback: { url: "https://1.1.1.1/hook" } };
  await Promise.all(
    ids.flatMap((id, at) => [
      one(`PATCH ${path}/${id}`, moved),
      other(`PATCH ${path}/${id}`, { enabled: at % 2 === 0 }),
      other(`POST ${path}/${id}/secret`),
      one(`POST ${path}/${id}/test`),
    ]),
  );
  const { body } = await one(`GET ${path}`);
  const urls = Object(body["items"]).map((item: object) => Object(Reflect.get(item, "callback")).url);
  expect(urls).toEqual(ids.map(() => moved.callback.url));
  const deleted = await Promise.all(ids.flatMap((id) => processes.map((as) => as(`DELETE ${path}/${id}`))));
  expect(deleted.map(({ status }) => status).toSorted()).toEqual([...ids.map(() => 204), ...ids.map(() => 404)]);
  for (const kind of ["subscribers", "callbackHosts"] as const) {
    const { records } = await store.list({ prefix: internalRecords[kind].prefix, limit: 10 });
    expect(records).toEqual([]);
  }
});
