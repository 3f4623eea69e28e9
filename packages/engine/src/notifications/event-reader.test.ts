import { isStreamPlan, StoreError } from "@unclash/core";
import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import type { Authorize } from "../access/authorize.js";
import { authorizeByDefault } from "../access/default-permissions.js";
import { ask, bodyOf } from "../ask.test-support.js";
import type { UnclashOptions } from "../options.js";
import { collection } from "../resources/collection-options.js";
import { apiVersions } from "../states/api-versions.js";
import { createUnclash, type Unclash } from "../unclash.js";
import { openPlan, openStream, readStream } from "./stream.test-support.js";

const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;

/** Its callers are who they say they are. */
function engine(options: Partial<UnclashOptions> = {}): Unclash {
  return createUnclash({
    store: createMemoryStore(),
    collections: { notes },
    identify: ({ headers: { authorization } }) =>
      authorization === undefined
        ? undefined
        : { name: authorization, ...(authorization === "root" && { role: "admin" }) },
    ...options,
  });
}

const as = (authorization: string) => ({ authorization });

test("each event is held against the permissions of its moment, and nothing shows of what is hidden", async () => {
  const secret = new Set(["notes/hidden"]);
  const authorize: Authorize = (action, key, actor, resource) =>
    secret.has(key) && actor?.name !== "root" ? "hide" : authorizeByDefault(action, key, actor, resource);
  const unclash = engine({ authorize });
  const [bob, root] = [await openStream(unclash, "", as("bob")), await openStream(unclash, "", as("root"))];
  const put = (id: string) => ask(unclash, `PUT /notes/${id}`, { json: {}, headers: as("root") });
  for (const id of ["hidden", "1"]) await put(id);
  expect(await bob.events(1)).toMatchObject([{ data: { subject: "notes/1" } }]);
  expect(await root.events(2)).toMatchObject([{ data: { subject: "notes/hidden" } }, { data: { subject: "notes/1" } }]);
  secret.add("notes/1");
  secret.delete("notes/hidden");
  for (const id of ["1", "hidden"]) await ask(unclash, `PUT /notes/${id}`, { json: { n: 2 }, headers: as("root") });
  expect(await bob.events(1)).toMatchObject([{ data: { subject: "notes/hidden" } }]);
});

test("a collection that only another engine over the store has is told of by that one alone", async () => {
  const store = createMemoryStore();
  const inside = engine({ store, collections: { salaries: notes } });
  const outside = engine({ store, authorize: () => "allow" });
  const stream = await openStream(outside, "");
  await ask(inside, "PUT /salaries/1", { json: {}, headers: as("root") });
  await ask(outside, "PUT /notes/1", { json: {}, headers: as("bob") });
  expect(await stream.events(1)).toMatchObject([{ data: { subject: "notes/1" } }]);
  const { items } = bodyOf(await ask(outside, "GET /conflict-notifications/events"));
  expect(items).toMatchObject([{ subject: "notes/1" }]);
});

test("a conflict is told to who may read it, and which states it is about to who may read the resource", async () => {
  const authorize: Authorize = (action, _key, actor) =>
    action === "read" && actor?.name === "auditor" ? "hide" : "allow";
  const unclash = engine({
    authorize,
    collections: { notes: { ...notes, conflicts: { strategy: "manual" } } },
  });
  const query = "?type=unclash.conflict.*";
  const [auditor, other] = [await openStream(unclash, query, as("auditor")), await openStream(unclash, query, as("x"))];
  const put = (json: object) => ask(unclash, "PUT /notes/1", { json, headers: as("alice") });
  for (const json of [{ n: 1 }, { n: 2, version: 1 }, { n: 3, version: 1 }]) await put(json);
  const [seen] = await other.events(1);
  expect(seen).toMatchObject({ type: "unclash.conflict.detected", data: { data: { version: 2, by: "alice" } } });
  const [event] = await auditor.events(1);
  expect(event?.id).toBe(seen?.id);
  for (const name of ["version", "etag", "by"]) expect(event).not.toHaveProperty(["data", "data", name]);
});

test("a state that the app looks at is read once for all streams, and not where it does not look", async () => {
  const memory = createMemoryStore();
  const read: string[] = [];
  const store: Store = {
    ...memory,
    read(keys, ...more) {
      read.push(...keys);
      return memory.read(keys, ...more);
    },
  };
  const authorize: Authorize = (action, key, _actor, resource) =>
    action === "read" && key.startsWith("notes/looked") && resource.current?.["isDraft"] === true ? "hide" : "allow";
  const unclash = engine({ store, authorize, notifications: { limits: { streamsPerClientMax: 30 } } });
  const streams = await Promise.all(Array.from({ length: 30 }, () => openStream(unclash)));
  await ask(unclash, "PUT /notes/looked-1", { json: { isDraft: true } });
  await ask(unclash, "PUT /notes/looked-2", { json: { isDraft: false } });
  await ask(unclash, "PUT /notes/3", { json: {} });
  read.length = 0;
  for (const found of await Promise.all(streams.map((stream) => stream.events(2)))) {
    expect(found).toMatchObject([{ data: { subject: "notes/looked-2" } }, { data: { subject: "notes/3" } }]);
  }
  expect(read).toEqual(["notes/looked-1", "notes/looked-2"]);
});

test("where a state can't be read the stream ends, and tells of its event as it resumes", async () => {
  const memory = createMemoryStore();
  let isAway = false;
  const store: Store = {
    ...memory,
    read: (...given) =>
      isAway ? Promise.reject(new StoreError("The store is away.", "not-applied")) : memory.read(...given),
  };
  const authorize: Authorize = (_action, _key, _actor, { current }) => (current?.["no"] === 1 ? "hide" : "allow");
  const unclash = engine({ store, authorize });
  const stream = await openStream(unclash);
  const [head] = (await stream.next()) ?? [];
  await ask(unclash, "PUT /notes/1", { json: {} });
  isAway = true;
  expect(await stream.next()).toBeUndefined();
  expect(stream.isBroken).toBe(false);
  isAway = false;
  const resumed = await openStream(unclash, `?after=${head?.id}`);
  expect(await resumed.events(1)).toMatchObject([{ data: { subject: "notes/1" } }]);
});

test("where the log can't be followed a stream is closed with 200, so that its client comes again", async () => {
  const follow = () => {
    throw new StoreError("The store is away.", "not-applied");
  };
  const unclash = engine({ store: { ...createMemoryStore(), follow } });
  const stream = await openStream(unclash);
  expect(stream.plan).toMatchObject({ status: 200, outcome: "store-unavailable" });
  expect(await stream.next()).toEqual([{ retry: expect.stringMatching(/^[123]\d{3}$/) }]);
  expect(await stream.next()).toBeUndefined();
  expect((await openPlan(unclash, "/conflict-notifications/events")).status).toBe(503);
});

test("an event has the entity-tag of its reader's API version, and the source that the app names", async () => {
  const api = apiVersions({ name: "suite", default: "v2", versions: { v1: {}, v2: {} } });
  const [first, newest] = [z.looseObject({ content: z.string() }), z.looseObject({ body: z.string() })];
  const rename = api.step("v1", "v2", {
    from: first,
    to: newest,
    up: ({ content, ...others }) => ({ ...others, body: content }),
    down: ({ body, ...others }) => ({ ...others, content: body }),
    renames: { "/content": "/body" },
  });
  const unclash = engine({
    apiVersions: api,
    collections: { notes: collection({ ...notes, schema: newest, apiVersions: [rename] }) },
    notifications: { source: "https://api.example" },
  });
  const prefixes = ["/v1", "/v2", ""];
  const streams = await Promise.all(prefixes.map((prefix) => openAt(unclash, prefix)));
  await ask(unclash, "PUT /notes/1", { json: { body: "x" } });
  const tags = await Promise.all(
    prefixes.map(async (prefix) => (await ask(unclash, `GET ${prefix}/notes/1`)).headers["etag"]),
  );
  expect(new Set(tags).size).toBe(2);
  for (const [at, stream] of streams.entries()) {
    const etag = tags[at];
    expect(await stream.events(1)).toMatchObject([{ data: { source: "https://api.example", data: { etag } } }]);
  }
});

async function openAt(unclash: Unclash, prefix: string) {
  const plan = await openPlan(unclash, `${prefix}/conflict-notifications/stream`);
  if (!isStreamPlan(plan)) throw new TypeError(`No stream, but ${plan.status}.`);
  return readStream(plan);
}
