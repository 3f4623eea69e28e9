import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import type { UnclashOptions } from "../options.js";
import { createUnclash, type Unclash } from "../unclash.js";

function engine(options: Partial<UnclashOptions> = {}): Unclash {
  const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;
  return createUnclash({ store: createMemoryStore(), collections: { notes }, ...options });
}

const put = (unclash: Unclash, id: string, n: number) => ask(unclash, `PUT /notes/${id}`, { json: { n } });

async function poll(unclash: Unclash, query = "", headers: Record<string, string> = {}) {
  const plan = await ask(unclash, `GET /conflict-notifications/events${query}`, { headers });
  const body = bodyOf(plan);
  const items = Array.isArray(body["items"]) ? body["items"].map((item) => item.subject) : undefined;
  return { plan, body, items, next: String(body["next"]) };
}

test("a poll begins with the oldest event that is kept, and goes on from page to page", async () => {
  const unclash = engine();
  const empty = await poll(unclash);
  expect(empty.items).toEqual([]);
  for (const n of [1, 2, 3]) await put(unclash, String(n), n);
  expect((await poll(unclash, `?after=${empty.next}`)).items).toEqual(["notes/1", "notes/2", "notes/3"]);
  const first = await poll(unclash, "?limit=2");
  expect(first).toMatchObject({ items: ["notes/1", "notes/2"], plan: { headers: { "cache-control": "no-store" } } });
  const path = "/conflict-notifications/events";
  expect(first.plan.headers["link"]).toBe(`<${path}?limit=2&after=${first.next}>; rel="next"`);
  const second = await poll(unclash, `?limit=2&after=${first.next}`);
  expect(second.items).toEqual(["notes/3"]);
  const third = await poll(unclash, `?after=${second.next}`);
  expect(third).toMatchObject({ items: [], next: second.next });
});

test("what is no place is 400, and one that the log does not know a reset", async () => {
  const unclash = engine();
  await put(unclash, "1", 1);
  for (const after of ["now", "start", "", "%0d%0a", "0000000000000001.000.AAAAAAAAAAAAAAAA"]) {
    const { plan, body } = await poll(unclash, `?after=${after}`);
    expect(plan.status).toBe(400);
    expect(body["errors"]).toMatchObject([{ code: "malformed-cursor", parameter: "after" }]);
  }
  const { body, next } = await poll(unclash, "?after=0000000000000001~000~AAAAAAAAAAAAAAAA");
  expect(body).toEqual({ items: [], next, reset: true });
  await put(unclash, "2", 2);
  expect((await poll(unclash, `?after=${next}`)).items).toEqual(["notes/2"]);
});

test("a poll that may wait is answered with the first event that it asked for", async () => {
  const unclash = engine();
  const { next } = await poll(unclash);
  const waiting = poll(unclash, `?after=${next}&resource=notes/2`, { prefer: "wait=5" });
  await put(unclash, "1", 1);
  await put(unclash, "2", 2);
  const { items, plan } = await waiting;
  expect(items).toEqual(["notes/2"]);
  expect(plan.headers["preference-applied"]).toBe("wait=5");
});

test("a wait is cut to what is allowed, and answered when the engine drains", async () => {
  const unclash = engine({ notifications: { limits: { pollWaitSecondsMax: 7 } } });
  const waiting = poll(unclash, "", { prefer: "wait=1e9, wait=900" });
  await Promise.resolve();
  const { plan } = await poll(unclash, "", { prefer: "wait=0" });
  expect(plan.headers["preference-applied"]).toBe("wait=0");
  const longer = poll(unclash, "", { prefer: "wait=900" });
  await unclash.drain();
  expect((await longer).plan.headers["preference-applied"]).toBe("wait=7");
  expect((await waiting).items).toEqual([]);
});

test("a client has so many polls that wait", async () => {
  const unclash = engine({ notifications: { limits: { streamsPerClientMax: 1 } } });
  const waiting = poll(unclash, "", { prefer: "wait=5" });
  const { plan, body } = await poll(unclash, "", { prefer: "wait=5" });
  expect(plan.status).toBe(429);
  expect(plan.headers["retry-after"]).toBe("1");
  expect(body["violated-policies"]).toEqual(["streams"]);
  expect((await poll(unclash)).plan.status).toBe(200);
  await put(unclash, "1", 1);
  expect((await waiting).items).toEqual(["notes/1"]);
  expect((await poll(unclash, "", { prefer: "wait=5" })).items).toEqual(["notes/1"]);
});

test("a page looks at so many events, and gives the place where it stopped", async () => {
  const unclash = engine({ notifications: { limits: { eventScanMax: 2 } } });
  for (const n of [1, 2, 3]) await put(unclash, String(n), n);
  const first = await poll(unclash, "?resource=notes/3", { prefer: "wait=5" });
  expect(first.items).toEqual([]);
  expect((await poll(unclash, `?resource=notes/3&after=${first.next}`)).items).toEqual(["notes/3"]);
});
