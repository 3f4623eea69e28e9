import { createMemoryStore } from "@unclash/memory";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { refuseCredentials } from "../access/actor.js";
import { ask, bodyOf } from "../ask.test-support.js";
import { internalRecords } from "../commits/internal-records.js";
import { openPlan, openStream } from "../notifications/stream.test-support.js";
import type { UnclashOptions } from "../options.js";
import { createUnclash, type Unclash } from "../unclash.js";

/** An engine that lets nobody in without a name. */
function engine(options: Partial<UnclashOptions> = {}): Unclash {
  const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;
  return createUnclash({
    store: createMemoryStore(),
    collections: { notes },
    identify: ({ headers: { authorization } }) =>
      authorization === undefined
        ? refuseCredentials()
        : { name: authorization, ...(authorization === "root" && { role: "admin" }) },
    authorize: (_action, key, actor) => (key === `notes/${actor?.name}` ? "allow" : "hide"),
    ...options,
  });
}

const path = "/conflict-notifications/stream-tickets";

async function ticketOf(unclash: Unclash, authorization: string): Promise<string> {
  return String(bodyOf(await ask(unclash, `POST ${path}`, { headers: { authorization } }))["ticket"]);
}

test("a ticket opens one stream with the rights of its caller, where the app asks for credentials", async () => {
  const unclash = engine();
  const before = Date.now();
  const answer = await ask(unclash, `POST ${path}`, { headers: { authorization: "alice" } });
  expect(answer).toMatchObject({ status: 201, headers: { "cache-control": "no-store" } });
  const { ticket, expiresAt } = bodyOf(answer);
  expect(ticket).toMatch(/^[\w-]{32}$/);
  expect(Date.parse(String(expiresAt))).toBeGreaterThanOrEqual(before + 60_000);
  const stream = await openStream(unclash, `?ticket=${ticket}`);
  for (const name of ["bob", "alice"]) {
    await ask(unclash, `PUT /notes/${name}`, { json: {}, headers: { authorization: name } });
  }
  expect(await stream.events(1)).toMatchObject([{ data: { subject: "notes/alice" } }]);
});

test("HEAD uses no ticket up; a used, unknown or malformed one is 401", async () => {
  const unclash = engine();
  const ticket = await ticketOf(unclash, "alice");
  const head = await unclash.handle({
    method: "HEAD",
    base: "",
    path: "/conflict-notifications/stream",
    query: `ticket=${ticket}`,
    headers: {},
    address: "127.0.0.1",
    body: { kind: "parsed", value: undefined },
    native: undefined,
  });
  expect(head.status).toBe(200);
  head.onEnd?.("sent");
  await openStream(unclash, `?ticket=${ticket}`);
  for (const wrong of [ticket, "a".repeat(32), "", "-1", "%00"]) {
    const refused = await openPlan(unclash, `/conflict-notifications/stream?ticket=${wrong}`);
    expect(refused.status).toBe(401);
    expect(refused.headers["www-authenticate"]).toBe("Bearer");
    expect(JSON.stringify(refused)).not.toContain(ticket);
  }
});

test("of two that use a ticket at once, in two engines of a store, one wins", async () => {
  const store = createMemoryStore();
  const engines = [engine({ store }), engine({ store })];
  for (let round = 0; round < 20; round += 1) {
    const [first] = engines;
    const ticket = first === undefined ? "" : await ticketOf(first, "alice");
    const plans = await Promise.all(
      engines.map((each) => openPlan(each, `/conflict-notifications/stream?ticket=${ticket}`)),
    );
    expect(plans.map(({ status }) => status).toSorted()).toEqual([200, 401]);
    for (const plan of plans) plan.onEnd?.("aborted");
  }
});

test("a ticket expires, and is forgotten", async () => {
  let now = 1_000;
  const store = createMemoryStore({ clock: () => now });
  const unclash = engine({ store, notifications: { limits: { ticketMs: 500 } } });
  const ticket = await ticketOf(unclash, "alice");
  now = 1_499;
  expect(
    (await openPlan(unclash, `/conflict-notifications/stream?ticket=${await ticketOf(unclash, "a")}`)).status,
  ).toBe(200);
  now = 1_500;
  expect((await openPlan(unclash, `/conflict-notifications/stream?ticket=${ticket}`)).status).toBe(401);
  now = 3_000;
  unclash.start();
  const prefix = internalRecords.streamTickets.prefix;
  await vi.waitFor(async () => expect((await store.list({ prefix, limit: 9 })).records).toEqual([]), 5_000);
  await unclash.close();
});

test("anonymous callers have no tickets", async () => {
  const anonymous = engine({ identify: () => undefined });
  const refused = await ask(anonymous, `POST ${path}`);
  expect(refused).toMatchObject({ status: 401, headers: { "www-authenticate": "Bearer" } });
  expect((await ask(engine(), `POST ${path}`)).status).toBe(401);
  const off = engine({ notifications: false });
  expect((await ask(off, `POST ${path}`, { headers: { authorization: "alice" } })).status).toBe(404);
  expect((await openPlan(off, "/conflict-notifications/stream?ticket=x")).status).toBe(401);
});
