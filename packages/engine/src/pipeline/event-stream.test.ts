import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import type { RequestFacts } from "../http/request.js";
import { openPlan, openStream } from "../notifications/stream.test-support.js";
import type { UnclashOptions } from "../options.js";
import { createUnclash, type Unclash } from "../unclash.js";

function engine(options: Partial<UnclashOptions> = {}): Unclash {
  const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;
  return createUnclash({ store: createMemoryStore(), collections: { notes, drafts: notes }, ...options });
}

const put = (unclash: Unclash, id: string, n: number) => ask(unclash, `PUT /notes/${id}`, { json: { n } });

test("a stream begins at once, and tells of what is committed after its head", async () => {
  const unclash = engine();
  await put(unclash, "0", 0);
  const stream = await openStream(unclash);
  await put(unclash, "1", 1);
  expect(stream.plan).toMatchObject({
    status: 200,
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
  });
  const [head] = (await stream.next()) ?? [];
  expect(Number(head?.retry)).toBeGreaterThanOrEqual(1_000);
  expect(Number(head?.retry)).toBeLessThanOrEqual(3_000);
  expect(head?.id).toMatch(/^[\w~-]+$/);
  const [event] = await stream.events(1);
  const etag = (await ask(unclash, "GET /notes/1")).headers["etag"];
  expect(event).toEqual({
    id: expect.stringMatching(/^[\w~-]+$/),
    type: "unclash.resource.changed",
    data: {
      specversion: "1.0",
      id: event?.id,
      source: "/",
      type: "unclash.resource.changed",
      subject: "notes/1",
      time: expect.any(String),
      datacontenttype: "application/json",
      data: { resource: "notes/1", version: 1, etag, by: null, cause: "create" },
    },
  });
  stream.leave();
});

test("a client resumes with nothing lost and nothing twice, by Last-Event-ID rather than by after", async () => {
  const unclash = engine();
  const first = await openStream(unclash);
  const [head] = (await first.next()) ?? [];
  for (const n of [1, 2, 3]) await put(unclash, String(n), n);
  const seen = await first.events(3);
  first.leave();
  await put(unclash, "4", 4);
  const again = await openStream(unclash, `?after=${head?.id}`, { "last-event-id": seen[1]?.id ?? "" });
  expect((await again.events(2)).map(({ data }) => data)).toMatchObject([
    { subject: "notes/3" },
    { subject: "notes/4" },
  ]);
  const all = await openStream(unclash, `?after=${head?.id}`);
  expect((await all.events(4)).map(({ id }) => id).slice(0, 3)).toEqual(seen.map(({ id }) => id));
});

test.each(["-1", "1e99", "now", "start", "0000000000000001~000~AAAAAAAAAAAAAAAA", "a\u00ff", "x".repeat(200)])(
  "the place %s, which is none, is a reset, and the stream goes on",
  async (id) => {
    const unclash = engine();
    await put(unclash, "1", 1);
    const stream = await openStream(unclash, "", { "last-event-id": id });
    const [reset] = await stream.events(1);
    expect(reset).toEqual({ id: reset?.id, type: "reset", data: { id: reset?.id } });
    await put(unclash, "2", 2);
    const resumed = await openStream(unclash, "", { "last-event-id": reset?.id ?? "" });
    for (const each of [stream, resumed])
      expect(await each.events(1)).toMatchObject([{ data: { subject: "notes/2" } }]);
  },
);

test("filters tell of what they name alone, and wrong ones are 400", async () => {
  const unclash = engine();
  const stream = await openStream(unclash, "?resource=notes/2&resource=drafts/*&type=unclash.resource.*");
  await put(unclash, "1", 1);
  await put(unclash, "2", 2);
  await ask(unclash, "PUT /drafts/1", { json: {} });
  expect((await stream.events(2)).map(({ data }) => data)).toMatchObject([
    { subject: "notes/2" },
    { subject: "drafts/1" },
  ]);
  for (const [query, errors] of [
    ["resource=other/1", [{ code: "malformed-resource", parameter: "resource" }]],
    ["resource=", [{ code: "malformed-resource", parameter: "resource" }]],
    ["type=changed&resource=*", [{ code: "malformed-type", parameter: "type" }]],
    ["limit=3", [{ code: "unknown-parameter", parameter: "limit" }]],
    ["after=a&after=b", [{ code: "repeated-parameter", parameter: "after" }]],
    ["type=*&".repeat(101), [{ code: "too-many-patterns", parameter: "resource" }]],
  ] as const) {
    const plan = await openPlan(unclash, `/conflict-notifications/stream?${query}`);
    expect(plan.status).toBe(400);
    expect(bodyOf(plan)).toMatchObject({ errors });
  }
});

test("a subscription of one's own is a filter, and another's is as one that there is not", async () => {
  const identify = ({ headers: { authorization } }: RequestFacts) =>
    authorization === undefined ? undefined : { name: authorization };
  const unclash = engine({ identify });
  const [alice, bob] = [{ authorization: "alice" }, { authorization: "bob" }];
  const json = { resources: ["notes/*"], types: ["unclash.resource.changed"] };
  const { id } = bodyOf(await ask(unclash, "POST /conflict-notifications", { json, headers: alice }));
  const stream = await openStream(unclash, `?subscription=${id}&resource=notes/2&resource=drafts/*`, alice);
  await ask(unclash, "PUT /drafts/1", { json: {} });
  for (const n of [1, 2]) await put(unclash, String(n), n);
  expect(await stream.events(1)).toMatchObject([{ data: { subject: "notes/2" } }]);
  for (const [wrong, headers] of [
    [id, bob],
    [id, {}],
    ["s_none", alice],
    ["", alice],
  ] as const) {
    const plan = await openPlan(unclash, `/conflict-notifications/stream?subscription=${wrong}`, headers);
    expect(plan).toMatchObject({ status: 404, outcome: "not-found" });
  }
});

test("a client over its cap is told to come again, and no other client is", async () => {
  const unclash = engine({ notifications: { limits: { streamsPerClientMax: 2, streamsMax: 3 } } });
  const [first] = [await openStream(unclash), await openStream(unclash)];
  const over = await openStream(unclash);
  expect(over.plan).toMatchObject({ status: 200, outcome: "quota-exceeded" });
  const limit = { retry: "60000", event: "limit", data: '{"slug":"quota-exceeded","policy":"streams"}' };
  expect(await over.next()).toEqual([limit]);
  expect(await over.next()).toBeUndefined();
  expect((await openStream(unclash, "", {}, "10.0.0.1")).plan.outcome).toBe("ok");
  expect((await openStream(unclash, "", {}, "10.0.0.2")).plan.outcome).toBe("quota-exceeded");
  first.leave();
  expect((await openStream(unclash)).plan.outcome).toBe("ok");
});

test("without notifications there are no such paths", async () => {
  const unclash = engine({ notifications: false });
  for (const path of ["stream", "events"])
    expect((await openPlan(unclash, `/conflict-notifications/${path}`)).status).toBe(404);
});

test("draining ends a stream", async () => {
  const unclash = engine();
  const stream = await openStream(unclash);
  await stream.next();
  const pending = stream.next();
  const drained = unclash.drain();
  expect(await pending).toBeUndefined();
  stream.plan.onEnd?.("sent");
  await drained;
});

test("streams at one place are told the same where they are alike, and each its own where they are not", async () => {
  const unclash = engine({
    identify: ({ headers: { authorization: name } }) => (name === undefined ? undefined : { name }),
  });
  const clients = [
    { query: "", headers: {} },
    { query: "", headers: {} },
    { query: "?resource=drafts/*", headers: {} },
    { query: "", headers: { authorization: "alice" } },
  ];
  const streams = await Promise.all(clients.map(({ query, headers }) => openStream(unclash, query, headers)));
  for (const n of [1, 2, 3]) {
    await put(unclash, String(n), n);
    await ask(unclash, `PUT /drafts/${n}`, { json: {} });
  }
  const all = ["notes/1", "drafts/1", "notes/2", "drafts/2", "notes/3", "drafts/3"];
  const drafts = all.filter((key) => key.startsWith("drafts/"));
  const told = async (at: number, count: number) =>
    (await streams[at]?.events(count))?.map(({ data }) => Reflect.get(Object(data), "subject"));
  expect(await Promise.all([told(0, 6), told(1, 6), told(2, 3), told(3, 6)])).toEqual([all, all, drafts, all]);
  for (const stream of streams) stream.leave();
});
