import type { Store } from "@unclash/core/store";
import { expect, test } from "vitest";
import { createTag } from "../commits/commit-tag.js";
import { type Delivery, deliveryKey, deliveryWrite, readDelivery } from "../notifications/delivery.js";
import { recordOf, setUpSubscribers, subscribed } from "./subscriptions.test-support.js";

const at = 1_800_000_000_000;

/** Records a delivery as whoever delivers does. */
async function deliver(store: Store, made: string, event: string, more: Partial<Delivery> = {}): Promise<void> {
  const { id, generation } = await recordOf(store, made);
  const delivery: Delivery = {
    subscription: id,
    event: { id: event, type: "resource.changed", key: "notes/1", version: 1, tag: "tag", at },
    status: "delivered",
    attempts: 1,
    at,
    since: at,
    generation,
    ...more,
  };
  const writes = [deliveryWrite(delivery, "any", 60_000)];
  await store.commit({ tag: createTag(), at, reads: [], writes, events: [], by: null, cause: "deliver" });
}

async function deliveryOf(store: Store, made: string, event: string): Promise<Delivery | undefined> {
  const [record] = (await store.read([deliveryKey(made.split("/").at(-1) ?? "", event)])).records;
  return record && readDelivery(record);
}

const idOf = (n: number): string => `0001~${String(n).padStart(4, "0")}`;

test("a subscription shows its 20 latest deliveries, and a list page by page all of them", async () => {
  const { as, store } = setUpSubscribers();
  const bob = as("bob");
  const made = await subscribed(bob);
  for (let n = 1; n <= 25; n += 1) await deliver(store, made, idOf(n));
  await deliver(store, made, idOf(26), { status: "retrying", attempts: 2, responseStatus: 500, durationMs: 12 });
  const eventsOf = (items: unknown): unknown => Object(items).map((item: object) => Reflect.get(item, "event"));
  const latest = Array.from({ length: 26 }, (_, at) => idOf(26 - at));
  const { body } = await bob(`GET ${made}`);
  expect(eventsOf(body["deliveries"])).toEqual(latest.slice(0, 20));
  expect(Object(body["deliveries"])[0]).toEqual({
    event: idOf(26),
    status: "retrying",
    attempts: 2,
    at: new Date(at).toISOString(),
    responseStatus: 500,
    durationMs: 12,
  });
  const first = await bob(`GET ${made}/deliveries?limit=10`);
  expect(eventsOf(first.body["items"])).toEqual(latest.slice(0, 10));
  const next = String(first.body["next"]);
  expect(first.headers["link"]).toBe(`<${made}/deliveries?limit=10&after=${next}>; rel="next"`);
  const rest = await bob(`GET ${made}/deliveries?limit=100&after=${next}`);
  expect([eventsOf(rest.body["items"]), rest.body["next"]]).toEqual([latest.slice(10), null]);
  for (const query of ["after=x", "limit=0", "event=1", `after=${Buffer.from("p1.../x").toString("base64url")}`])
    expect((await bob(`GET ${made}/deliveries?${query}`)).status).toBe(400);
});

test("deliveries that have lapsed are passed over", async () => {
  const { as, store, advance } = setUpSubscribers();
  const bob = as("bob");
  const made = await subscribed(bob);
  for (const n of [1, 3, 5]) await deliver(store, made, idOf(n));
  advance(30_000);
  for (const n of [2, 4]) await deliver(store, made, idOf(n));
  advance(30_000);
  const page = await bob(`GET ${made}/deliveries?limit=2`);
  expect(page.body["items"]).toMatchObject([{ event: idOf(4) }, { event: idOf(2) }]);
  expect((await bob(`POST ${made}/deliveries/${idOf(1)}/resend`)).status).toBe(404);
});

test("what is over is sent once more as if it were new; what waits, or is not there, is not", async () => {
  const { as, store, advance } = setUpSubscribers();
  const bob = as("bob");
  const made = await subscribed(bob);
  const resend = (event: string) => bob(`POST ${made}/deliveries/${event}/resend`);
  await deliver(store, made, idOf(1), { status: "dead", attempts: 9, responseStatus: 500, durationMs: 1, dueAt: at });
  await deliver(store, made, idOf(2), { status: "retrying", attempts: 1, dueAt: at });
  advance(1_000);
  const later = { at: at + 1_000, since: at + 1_000 };
  expect(await resend(idOf(1))).toMatchObject({
    status: 202,
    body: { event: idOf(1), status: "pending", attempts: 0 },
  });
  const { event, ...rest } = (await deliveryOf(store, made, idOf(1))) ?? {};
  expect(event?.id).toBe(idOf(1));
  expect(rest).toEqual({
    format: 1,
    subscription: made.split("/").at(-1),
    status: "pending",
    attempts: 0,
    ...later,
    generation: 1,
  });
  for (const n of [1, 2]) expect((await resend(idOf(n))).status).toBe(409);
  for (const none of [idOf(3), "x", "%2e%2e%2fx", "a".repeat(300)]) expect((await resend(none)).status).toBe(404);
});

test("nothing is sent to one that is disabled, and what waited is dead, also once it is enabled again", async () => {
  const { as, store } = setUpSubscribers();
  const bob = as("bob");
  const made = await subscribed(bob);
  await deliver(store, made, idOf(1), { status: "pending", attempts: 0 });
  await deliver(store, made, idOf(2));
  const statuses = async () =>
    Object((await bob(`GET ${made}/deliveries`)).body["items"]).map((item: object) => Reflect.get(item, "status"));
  expect(await statuses()).toEqual(["delivered", "pending"]);
  await bob(`PATCH ${made}`, { enabled: false });
  expect(await statuses()).toEqual(["delivered", "dead"]);
  for (const below of [`deliveries/${idOf(2)}/resend`, "test"]) {
    const refused = await bob(`POST ${made}/${below}`);
    expect(refused).toMatchObject({ status: 409, body: { field: "/enabled" } });
  }
  await bob(`PATCH ${made}`, { enabled: true });
  expect(await statuses()).toEqual(["delivered", "dead"]);
  expect((await bob(`POST ${made}/deliveries/${idOf(1)}/resend`)).status).toBe(202);
  expect(await deliveryOf(store, made, idOf(1))).toMatchObject({ status: "pending", generation: 2 });
});

test("a test is an event of its own, which stands among the others by its time", async () => {
  const { as, store } = setUpSubscribers();
  const bob = as("bob");
  const made = await subscribed(bob);
  const events: unknown[] = [];
  for (let n = 1; n <= 3; n += 1) {
    if (n !== 3) await bob("PUT /notes/1", { n });
    const { status, body } = await bob(`POST ${made}/test`);
    expect([status, body["status"]]).toEqual([202, "pending"]);
    events.unshift(body["event"]);
  }
  const { body } = await bob(`GET ${made}`);
  expect(Object(body["deliveries"]).map((item: object) => Reflect.get(item, "event"))).toEqual(events);
  expect(new Set(events).size).toBe(3);
  const event = String(events[0]);
  expect(event).toMatch(/^[\w~-]{8,128}$/);
  expect(await deliveryOf(store, made, event)).toMatchObject({
    event: { id: event, type: "subscription.test", key: made.slice(1) },
    attempts: 0,
    generation: 1,
  });
});
