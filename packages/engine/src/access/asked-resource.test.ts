import type { JsonObject } from "@unclash/core/json";
import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import { formatCursor } from "../http/paging.js";
import { createUnclash } from "../unclash.js";
import type { Authorize } from "./authorize.js";

const emitted = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
afterAll(() => emitted.mockRestore());

let calls: string[];
let asked: (readonly [action: string, key: string, current: JsonObject | undefined])[];

beforeEach(() => {
  calls = [];
  asked = [];
});

const anything = {
  schema: z.looseObject({}),
  preconditions: { required: false },
  conflicts: { discloseCurrent: true },
} as const;

/** An engine over notes that anyone may make, with the calls that it makes of its store. */
function setUp(authorize: Authorize) {
  const memory = createMemoryStore();
  const counted = <Args extends readonly unknown[], Result>(name: string, call: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      calls.push(name);
      return call(...args);
    };
  };
  const store: Store = {
    ...memory,
    read: counted("read", memory.read),
    list: counted("list", memory.list),
    history: counted("history", memory.history),
    commit: counted("commit", memory.commit),
  };
  const unclash = createUnclash({
    store,
    collections: { notes: { ...anything, unique: ["slug"], references: { about: "notes" } } },
    identify: ({ headers }) => (headers["who"] === undefined ? undefined : { name: String(headers["who"]) }),
    authorize,
  });
  return (line: string, who?: string, json?: object, headers: Record<string, string> = {}) =>
    ask(unclash, line, { ...(json && { json }), headers: { ...(who && { who }), ...headers } });
}

/** Notes are their owner's: others may not change them, and see them only where they are open. */
const ownersOnly: Authorize = (action, key, actor, resource) => {
  const { current } = resource;
  asked.push([action, key, current]);
  if (current === undefined || current["owner"] === actor?.name) return "allow";
  if (action === "read" || action === "history") return current["open"] === true ? "allow" : "hide";
  return "deny";
};

const make = { id: "1", owner: "alice", slug: "a" };

test("a GET is asked about before and after its read, and only the second time with the fields", async () => {
  const send = setUp(ownersOnly);
  await send("POST /notes", "alice", make);
  asked = [];
  calls = [];
  expect(await send("GET /notes/1", "alice")).toMatchObject({ status: 200 });
  const { id: _id, ...fields } = make;
  expect(asked).toEqual([
    ["read", "notes/1", undefined],
    ["read", "notes/1", fields],
  ]);
  expect(calls).toEqual(["read"]);
  for (const method of ["GET", "HEAD"]) expect(await send(`${method} /notes/1`, "bob")).toMatchObject({ status: 404 });
  expect(await send("GET /notes/none", "bob")).toMatchObject({ status: 404 });
});

test("who does not look at the fields is asked once", async () => {
  const actions: string[] = [];
  const send = setUp((action) => {
    actions.push(action);
    return "allow";
  });
  await send("POST /notes", "alice", make);
  actions.length = 0;
  await send("GET /notes/1", "alice");
  await send("DELETE /notes/1", "alice");
  expect(actions).toEqual(["read", "delete"]);
});

test("what is there is changed and deleted by who may, as its fields say, and no reads are added", async () => {
  const send = setUp(async (...given) => ownersOnly(...given));
  await send("POST /notes", "alice", make);
  const stale = { "if-match": '"x"' };
  for (const [line, json] of [
    ["PUT /notes/1", { owner: "bob" }],
    ["PATCH /notes/1", { owner: "bob" }],
    ["DELETE /notes/1", undefined],
  ] as const) {
    calls = [];
    const refused = await send(line, "bob", json, stale);
    expect(refused).toMatchObject({ status: 403, outcome: "forbidden" });
    expect(await send(line, undefined, json)).toMatchObject({ status: 401 });
    expect(calls).toEqual(["read", "read"]);
  }
  expect(await send("PUT /notes/1", "bob", { owner: "bob" }, { "if-match": "x" })).toMatchObject({ status: 400 });
  expect(await send("PUT /notes/2", "bob", { owner: "bob" })).toMatchObject({ status: 201 });
  calls = [];
  expect(await send("PATCH /notes/1", "alice", { text: "mine" })).toMatchObject({ status: 200 });
  expect(calls).toEqual(["read", "commit"]);
  expect(await send("DELETE /notes/1", "alice")).toMatchObject({ status: 204 });
});

test("what was hidden by its fields stays hidden once it is deleted: 404, from who looks at them", async () => {
  const send = setUp((action, key, actor, resource) =>
    actor?.name === "admin" ? "allow" : ownersOnly(action, key, actor, resource),
  );
  await send("POST /notes", "alice", make);
  expect(await send("GET /notes/1", "bob")).toMatchObject({ status: 404 });
  await send("DELETE /notes/1", "alice");
  for (const line of ["GET /notes/1", "HEAD /notes/1", "PATCH /notes/1", "DELETE /notes/1"]) {
    const json = line.startsWith("PATCH") ? {} : undefined;
    for (const who of ["bob", "alice", undefined]) expect(await send(line, who, json)).toMatchObject({ status: 404 });
    expect(await send(line, "admin", json)).toMatchObject({ status: 410 });
  }
});

test("a write that loses a race is asked about with the state that it then meets", async () => {
  const memory = createMemoryStore();
  let isLate = false;
  const store: Store = {
    ...memory,
    async commit(commit) {
      if (isLate) {
        isLate = false;
        await ask(unclash, "PUT /notes/1", { json: { owner: "bob" }, headers: { who: "alice" } });
      }
      return memory.commit(commit);
    },
  };
  const unclash = createUnclash({
    store,
    collections: { notes: anything },
    identify: ({ headers }) => ({ name: String(headers["who"]) }),
    authorize: ownersOnly,
  });
  await ask(unclash, "POST /notes", { json: make, headers: { who: "alice" } });
  isLate = true;
  const refused = await ask(unclash, "PUT /notes/1", { json: { owner: "alice", late: 1 }, headers: { who: "alice" } });
  expect(refused).toMatchObject({ status: 403 });
});

test("a list holds what its reader may read by its fields, and has a next where more of that follows", async () => {
  const send = setUp(ownersOnly);
  for (let at = 0; at < 60; at++) {
    const owner = at % 20 === 0 ? "alice" : "bob";
    await send("POST /notes", owner, { id: `n${String(at).padStart(2, "0")}`, owner });
  }
  const ids: string[] = [];
  const page = async (query: string) => {
    const { items, next } = JSON.parse((await send(`GET /notes?${query}`, "alice")).body ?? "");
    ids.push(...items.map(({ id }: { readonly id: string }) => id));
    return next;
  };
  const next = await page("limit=2");
  expect(next).not.toBeNull();
  expect(await page(`limit=2&after=${next}`)).toBeNull();
  expect(ids).toEqual(["n00", "n20", "n40"]);
  // The page is full, and all that follows is looked at and hidden: by their keys alone nothing could be said of those.
  calls = [];
  expect(await page(`limit=1&after=${formatCursor("n39")}`)).toBeNull();
  expect(calls.length).toBeLessThan(5);
});

test("nothing of a state is told to who may not read it by its fields", async () => {
  const send = setUp((action, key, actor, resource) => {
    const verdict = ownersOnly(action, key, actor, resource);
    return verdict === "deny" ? "allow" : verdict;
  });
  await send("POST /notes", "alice", make);
  const changed = await send("PATCH /notes/1", "bob", { text: "new" });
  expect(changed).toMatchObject({ status: 204, body: null });
  const conflict = await send("PUT /notes/1", "bob", { owner: "alice" }, { "if-match": '"1-x"' });
  expect(conflict).toMatchObject({ status: 409 });
  expect(bodyOf(conflict)["current"]).toBeUndefined();
  const taken = await send("POST /notes", "bob", { slug: "a" });
  expect(bodyOf(taken)).toMatchObject({ status: 409, field: "/slug" });
  expect(bodyOf(taken)["holder"]).toBeUndefined();
  expect(bodyOf(await send("POST /notes", "bob", { id: "1" }))["holder"]).toBeUndefined();
  expect(bodyOf(await send("POST /notes", "alice", { id: "1" }))["holder"]).toBe("notes/1");
  expect(await send("POST /notes", "bob", { about: "1" })).toMatchObject({ status: 422 });
  expect(await send("POST /notes", "alice", { about: "1" })).toMatchObject({ status: 201 });
  const patch = [{ op: "test", path: "/owner", value: "alice" }];
  const tested = await send("PATCH /notes/1", "bob", patch, { "content-type": "application/json-patch+json" });
  expect(tested).toMatchObject({ status: 404 });
});

test("a kept answer shows its content again to who may read the state by its fields, and to nobody else", async () => {
  const send = setUp(ownersOnly);
  const keyed = { "idempotency-key": "0196a1d2-77aa" };
  const first = await send("POST /notes", "alice", make, keyed);
  const again = await send("POST /notes", "alice", make, keyed);
  expect([again.body, again.outcome]).toEqual([first.body, "replayed"]);
  await send("PUT /notes/1", "alice", { owner: "bob" });
  expect(await send("POST /notes", "alice", make, keyed)).toMatchObject({ status: 201, body: null });
});

test("a repeated POST without an id has its content again where authorize looks at the fields", async () => {
  const send = setUp(ownersOnly);
  const keyed = { "idempotency-key": "0196a1d2-77ab" };
  const first = await send("POST /notes", "alice", { owner: "alice" }, keyed);
  expect(first).toMatchObject({ status: 201, body: expect.stringContaining("alice") });
  calls = [];
  const again = await send("POST /notes", "alice", { owner: "alice" }, keyed);
  expect([again.status, again.body, again.outcome]).toEqual([201, first.body, "replayed"]);
  expect(calls).toEqual(["read", "read"]);
  await send(`PATCH /notes/${bodyOf(first)["id"]}`, "alice", { owner: "bob" });
  expect(await send("POST /notes", "alice", { owner: "alice" }, keyed)).toMatchObject({ status: 201, body: null });
});

test("a repeat shows nothing of what was deleted meanwhile where authorize looks at the fields", async () => {
  const send = setUp(ownersOnly);
  const keyed = { "idempotency-key": "0196a1d2-77ac" };
  await send("PUT /notes/1", "alice", { owner: "alice" }, keyed);
  await send("PATCH /notes/1", "alice", { owner: "bob" });
  await send("DELETE /notes/1", "bob");
  const again = await send("PUT /notes/1", "alice", { owner: "alice" }, keyed);
  expect(again).toMatchObject({ status: 201, body: null, outcome: "replayed" });
});

test("past states are for who is allowed without a look at the current fields, and a warning says so", async () => {
  const send = setUp((action, key, actor, resource) =>
    actor?.name === "admin" ? "allow" : ownersOnly(action, key, actor, resource),
  );
  await send("POST /notes", "alice", make);
  emitted.mockClear();
  for (const path of ["/notes/1/versions", "/notes/1/versions/1"]) {
    expect(await send(`GET ${path}`, "admin")).toMatchObject({ status: 200 });
    expect(await send(`GET ${path}`, "alice")).toMatchObject({ status: 403 });
    expect(await send(`GET ${path}`)).toMatchObject({ status: 401 });
  }
  expect(emitted.mock.calls).toEqual([
    [
      expect.stringContaining("authorize looked at `current` for read of notes/1"),
      expect.objectContaining({ code: "UNCLASH_STATE_NOT_KNOWN" }),
    ],
  ]);
});

test("what a conflict shows of the past is asked about with the current fields", async () => {
  const send = setUp(ownersOnly);
  const first = await send("POST /notes", "alice", { ...make, open: true });
  await send("PATCH /notes/1", "alice", { text: "new" });
  const stale = { "if-match": first.headers["etag"] ?? "" };
  expect(bodyOf(await send("PUT /notes/1", "alice", make, stale))["changes"]).toHaveLength(1);
});

test("what the app does to the fields that it is shown, it does to a copy", async () => {
  const send = setUp((_action, _key, _actor, resource) => {
    const { current } = resource;
    expect(resource.current).toBe(current);
    if (current !== undefined) Object.assign(current, { owner: "nobody" });
    return "allow";
  });
  await send("POST /notes", "alice", make);
  expect(bodyOf(await send("PATCH /notes/1", "alice", { text: "new" }))).toMatchObject({ owner: "alice" });
  expect(bodyOf(await send("GET /notes/1", "alice"))).toMatchObject({ owner: "alice", text: "new" });
});
