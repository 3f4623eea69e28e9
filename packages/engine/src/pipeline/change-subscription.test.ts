import type { Store } from "@unclash/core/store";
import { expect, test } from "vitest";
import { type Subscription, subscriptionKey, subscriptionText } from "../notifications/subscription.js";
import { hook, recordOf, setUpSubscribers, subscribed } from "./subscriptions.test-support.js";

const list = "/conflict-notifications";
const day = 24 * 3_600_000;

/** Writes a subscription's record as whoever delivers for it does. */
async function put(store: Store, subscription: Subscription): Promise<void> {
  const write = {
    key: subscriptionKey(subscription.id),
    expect: "present",
    put: subscriptionText(subscription),
    keep: "none",
  } as const;
  await store.commit({ tag: "delivering", at: 0, reads: [], writes: [write], events: [], by: null, cause: "deliver" });
}

/** The tags of all records of partitions: another one wherever something of a subscription has changed. */
async function epochs(store: Store): Promise<readonly string[]> {
  const keys = [..."0123456789abcdef"].map((partition) => `_partition/${partition}/epoch`);
  return (await store.read(keys)).records.flatMap((record) => record?.tag ?? []);
}

test("its owner changes what it is told of, and where, and may send it as a merge patch or as JSON", async () => {
  const { as, store } = setUpSubscribers();
  const bob = as("bob");
  const made = await subscribed(bob);
  const before = await epochs(store);
  const json = { resources: ["notes/1"], types: ["unclash.lock.*"], callback: { url: "https://1.1.1.1/" } };
  const patched = await bob(`PATCH ${made}`, json);
  expect(patched).toMatchObject({ status: 200, body: { ...json, enabled: true, deliveries: [] } });
  expect((await bob(`GET ${made}`)).body).toEqual(patched.body);
  expect(await epochs(store)).not.toEqual(before);
  const asJson = await bob(`PATCH ${made}`, { types: null }, { "content-type": "application/json" });
  expect(asJson).toMatchObject({ status: 200, body: { ...json, types: [] } });
  const { callback } = await recordOf(store, made);
  expect(callback?.secrets).toHaveLength(1);
  expect((await bob(`PATCH ${made}`, json, { "content-type": "application/json-patch+json" })).status).toBe(415);
});

test("what changes nothing writes nothing, and dry-run neither", async () => {
  const { as, store } = setUpSubscribers();
  const bob = as("bob");
  const made = await subscribed(bob);
  const before = await epochs(store);
  expect((await bob(`PATCH ${made}`, {})).status).toBe(200);
  expect((await bob(`PATCH ${made}`, { enabled: true, resources: ["*"], callback: { url: hook } })).status).toBe(200);
  const tried = await bob(`PATCH ${made}`, { enabled: false }, { prefer: "dry-run" });
  expect(tried).toMatchObject({ status: 200, body: { enabled: false }, headers: { "preference-applied": "dry-run" } });
  expect((await bob(`DELETE ${made}`, undefined, { prefer: "dry-run" })).status).toBe(204);
  expect((await bob(`POST ${made}/secret`, undefined, { prefer: "dry-run" })).body).toEqual({});
  expect(await epochs(store)).toEqual(before);
  expect((await bob(`GET ${made}`)).body["enabled"]).toBe(true);
});

test.each<[object, number, string]>([
  [{ resources: [] }, 422, "/resources"],
  [{ resources: null }, 422, "/resources"],
  [{ types: ["x"] }, 422, "/types/0"],
  [{ enabled: null }, 422, "/enabled"],
  [{ enabled: "yes" }, 422, "/enabled"],
  [{ callback: null }, 422, "/callback"],
  [{ callback: { url: "https://127.0.0.1/" } }, 422, "/callback/url"],
  [{ callback: { url: hook, secret: "whsec_x" } }, 400, "/callback/secret"],
  [{ id: "s_1" }, 400, "/id"],
  [{ deliveries: [] }, 400, "/deliveries"],
])("a change to %j is %i at %s", async (json, status, pointer) => {
  const { as, store } = setUpSubscribers();
  const made = await subscribed(as("bob"));
  const before = await epochs(store);
  expect(await as("bob")(`PATCH ${made}`, json)).toMatchObject({ status, body: { errors: [{ pointer }] } });
  expect(await epochs(store)).toEqual(before);
});

test("one without callback does not get one later", async () => {
  const bob = setUpSubscribers().as("bob");
  const { body } = await bob(`POST ${list}`, { resources: ["*"] });
  const refused = await bob(`PATCH ${list}/${String(body["id"])}`, { callback: { url: hook } });
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: "/callback" }] } });
});

test("one that was disabled says why, and is enabled from now on", async () => {
  const { as, store } = setUpSubscribers();
  const bob = as("bob");
  const made = await subscribed(bob);
  const record = await recordOf(store, made);
  const at = 1_800_000_000_000;
  await put(store, { ...record, enabled: false, disabled: { reason: "gone", at }, failingSince: at });
  const disabled = { reason: "gone", at: new Date(at).toISOString() };
  expect((await bob(`GET ${made}`)).body).toMatchObject({ enabled: false, disabled });
  expect((await bob(`PATCH ${made}`, { enabled: false })).body).toMatchObject({ enabled: false, disabled });
  await bob("PUT /notes/1", {});
  expect((await bob(`PATCH ${made}`, { enabled: true })).body).not.toHaveProperty("disabled");
  const after = await recordOf(store, made);
  expect(after).toMatchObject({ enabled: true, generation: record.generation + 1 });
  expect(after.from > record.from).toBe(true);
  expect(after).not.toHaveProperty("failingSince");
  expect(after).not.toHaveProperty("disabled");
});

test("a failing callback that moves is not failing yet, and goes on where it was", async () => {
  const { as, store } = setUpSubscribers();
  const made = await subscribed(as("bob"));
  const record = await recordOf(store, made);
  await put(store, { ...record, failingSince: 1 });
  await as("bob")(`PATCH ${made}`, { types: ["*"] });
  expect((await recordOf(store, made)).failingSince).toBe(1);
  await as("bob")(`PATCH ${made}`, { callback: { url: "https://8.8.8.8/other" } });
  const { failingSince: _, ...kept } = await recordOf(store, made);
  expect(_).toBeUndefined();
  expect(kept).toMatchObject({ from: record.from, generation: record.generation });
});

test("a new secret is shown once, and for a day the one before signs too, but none before that", async () => {
  const { as, store, advance } = setUpSubscribers();
  const bob = as("bob");
  const made = await subscribed(bob);
  const [first] = (await recordOf(store, made)).callback?.secrets ?? [];
  advance(1_000);
  const { body } = await bob(`POST ${made}/secret`);
  expect(Object.keys(body)).toEqual(["secret"]);
  const until = 1_800_000_001_000 + day;
  expect((await recordOf(store, made)).callback?.secrets).toEqual([
    { secret: body["secret"] },
    { secret: first?.secret, until },
  ]);
  const third = (await bob(`POST ${made}/secret`)).body["secret"];
  expect((await recordOf(store, made)).callback?.secrets).toEqual([
    { secret: third },
    { secret: body["secret"], until },
  ]);
  for (const line of [`GET ${made}`, `GET ${list}`]) expect((await bob(line)).text).not.toContain("whsec_");
});

test("with a key a change, a test and a deletion are carried out once, and answered again", async () => {
  const { as, store } = setUpSubscribers();
  const bob = as("bob");
  const made = await subscribed(bob);
  const keyed = (n: number) => ({ "idempotency-key": `a-key-of-sixteen-letters-${n}` });
  for (const [n, line, json] of [
    [1, `PATCH ${made}`, { enabled: false }],
    [2, `PATCH ${made}`, { enabled: true }],
    [3, `POST ${made}/test`, undefined],
    [4, `DELETE ${made}`, undefined],
  ] as const) {
    const first = await bob(line, json, keyed(n));
    const before = await epochs(store);
    const again = await bob(line, json, keyed(n));
    expect(again).toMatchObject({ status: first.status, body: first.body });
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect(await epochs(store)).toEqual(before);
  }
  expect((await bob(`PATCH ${made}`, { enabled: true }, keyed(1))).status).toBe(422);
});

test("nothing without a time to live is left of one that was deleted", async () => {
  const { as, store } = setUpSubscribers();
  const bob = as("bob");
  const made = await subscribed(bob);
  await bob(`POST ${made}/test`);
  expect(await bob(`DELETE ${made}`)).toMatchObject({ status: 204, text: "" });
  expect((await bob(`GET ${made}`)).status).toBe(404);
  for (const prefix of [`_subscription/${made.slice(-1)}/`, "_subscriber/", "_callback-host/"])
    expect((await store.list({ prefix, limit: 1 })).records).toEqual([]);
  const { records } = await store.list({ prefix: `_delivery/${made.slice(list.length + 1)}/`, limit: 10 });
  expect(records.map(({ lapsesAt }) => lapsesAt !== undefined)).toEqual([true]);
});
