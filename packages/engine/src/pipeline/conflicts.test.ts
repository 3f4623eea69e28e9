import { expect, test } from "vitest";
import { setUpConflicts } from "../conflicts/conflicts.test-support.js";

const mine = { title: "Mine", text: "text", version: 1 };

test("a stale write is merged with what others have changed, and recorded", async () => {
  const { as, made, events } = setUpConflicts({ conflicts: { strategy: "merge" } });
  await made();
  const bob = as("bob");
  const merged = await bob("PUT /articles/1", { title: "Old", text: "mine", version: 1 });
  expect(merged).toMatchObject({ status: 200, body: { title: "Theirs", text: "mine", version: 3 } });
  const field = /^id="(c_[\w-]+)", status=resolved, strategy=merge$/.exec(merged.headers["unclash-conflict"] ?? "");
  const id = field?.[1] ?? "";
  const shown = {
    id,
    resource: "articles/1",
    state: "resolved",
    strategy: "merge",
    base: { version: 1, representation: { id: "1", version: 1, title: "Old", text: "text" } },
    current: { version: 2, representation: { id: "1", version: 2, title: "Theirs", text: "text" } },
    proposed: { version: 1, representation: { id: "1", version: 1, title: "Old", text: "mine" } },
    conflictingFields: [],
    by: "bob",
    detectedAt: "2027-01-15T08:00:00.001Z",
    count: 1,
    resolution: "merge",
    resolvedBy: "bob",
    resolvedAt: "2027-01-15T08:00:00.001Z",
  };
  const found = await bob(`GET /conflicts/${id}`);
  expect(found).toMatchObject({ status: 200, headers: { "cache-control": "no-store" } });
  const moments = { detectedAt: expect.any(String), resolvedAt: expect.any(String) };
  expect(found.body).toEqual({ ...shown, ...moments });
  const { body: history } = await as("root")("GET /articles/1/versions");
  expect(history["items"]).toMatchObject([{ cause: "merge", author: "bob" }, { version: 2 }, { version: 1 }]);
  const resolvedBy = { resolution: "merge", resolvedBy: "bob" };
  expect(await events()).toContainEqual({
    type: "conflict.resolved",
    key: "articles/1",
    version: 2,
    data: JSON.stringify({ by: "bob", conflict: id, strategy: "merge", origin: "settled", ...resolvedBy }),
  });
});

test("a merge that comes out as the current state writes nothing", async () => {
  const { as, made } = setUpConflicts({ conflicts: { strategy: "merge" } });
  await made();
  const same = await as("bob")("PUT /articles/1", { title: "Old", text: "text", version: 1 });
  expect(same).toMatchObject({ status: 200, body: { title: "Theirs", version: 2 } });
  expect(same.headers["unclash-conflict"]).toBe("status=resolved, strategy=merge");
  expect((await as("root")("GET /conflicts")).body["items"]).toEqual([]);
});

test.each([
  ["what both have changed", mine, ["/title"], undefined],
  ["what the schema does not take", { ...mine, title: "x".repeat(21) }, ["/title"], ["/title"]],
  ["what the schema does not take, and nobody else has changed", { ...mine, sku: 1 }, ["/sku"], ["/sku"]],
])("a merge is a conflict that names %s", async (_, json, conflictingFields, pointers) => {
  const { as, made } = setUpConflicts({ conflicts: { strategy: "merge" } });
  await made();
  const { status, body } = await as("bob")("PUT /articles/1", json);
  expect(status).toBe(409);
  expect(body).toMatchObject({ conflictingFields, current: { version: 2, representation: { title: "Theirs" } } });
  const errors = body["errors"];
  expect(Array.isArray(errors) ? errors.map(({ pointer }) => pointer) : undefined).toEqual(pointers);
});

test("a merge that would break a rule is a conflict that names the field", async () => {
  const { as } = setUpConflicts({
    conflicts: { strategy: "merge", merge: { policies: { "/state": "mine" } } },
    collection: { states: { state: { initial: ["draft"], transitions: { draft: ["sent", "dropped"] } } } },
  });
  const alice = as("alice");
  await alice("POST /articles", { id: "1", title: "A", state: "draft" });
  await alice("PUT /articles/1", { title: "A", state: "dropped", version: 1 });
  const broken = await as("bob")("PUT /articles/1", { title: "B", state: "sent", version: 1 });
  expect(broken).toMatchObject({
    status: 409,
    body: { conflictingFields: ["/state"], errors: [{ pointer: "/state" }] },
  });
  expect(broken.body["type"]).toBe("urn:problem-type:unclash:version-conflict");
});

test("a stale deletion is not merged, and a rollback neither", async () => {
  const { as, made } = setUpConflicts({ conflicts: { strategy: "merge" } });
  await made();
  expect((await as("bob")("DELETE /articles/1", undefined, { "if-match": '"1-x"' })).status).toBe(409);
  const { body } = await as("root")("GET /articles/1/versions");
  const tag = String(Reflect.get(Object(body["items"]), "1").etag);
  expect((await as("bob")("DELETE /articles/1", undefined, { "if-match": tag })).status).toBe(409);
  const back = await as("root")("POST /articles/1/rollback", { version: 1 }, { "if-match": tag });
  expect(back).toMatchObject({ status: 409, body: { current: { version: 2 } } });
});

test("where the state that was named is no longer kept, the answer says so", async () => {
  const retention = { count: 1 };
  const { as, made, store } = setUpConflicts({ conflicts: { strategy: "merge" }, collection: { retention } });
  await made();
  await as("alice")("PUT /articles/1", { title: "Later", text: "text", version: 2 });
  await store.clean(100);
  const { status, body } = await as("bob")("PUT /articles/1", mine);
  expect(status).toBe(409);
  expect(body["detail"]).toMatch(/^articles\/1 is at version 3, .* Version 1 is no longer kept/);
  expect(body).toMatchObject({ current: { version: 3, representation: { title: "Later" } } });
});

test("version 0 never was: nothing of it is said to be gone", async () => {
  const { as, made } = setUpConflicts({ conflicts: { strategy: "merge" } });
  await made();
  const { body } = await as("bob")("PUT /articles/1", { title: "Mine" }, { "if-match": '"0-AAAAAAAAAAAAAAAA"' });
  expect(body["detail"]).toBe("articles/1 is at version 2, and this request is for version 0.");
});

test("what is tried out leaves no record", async () => {
  const { as, made } = setUpConflicts({ conflicts: { strategy: "manual", allowedStrategies: "all" } });
  await made();
  const bob = as("bob");
  const parked = await bob("PUT /articles/1", mine, { prefer: "dry-run" });
  expect(parked).toMatchObject({ status: 409 });
  expect(parked.body["conflict"]).toBeUndefined();
  const json = { title: "Old", text: "mine", version: 1 };
  const merged = await bob("PUT /articles/1", json, { prefer: "dry-run, on-conflict=merge" });
  expect(merged.headers["unclash-conflict"]).toBe("status=resolved, strategy=merge");
  expect((await as("root")("GET /conflicts")).body["items"]).toEqual([]);
});

test("a write that is parked since its sender asked for it says so", async () => {
  const { as, made } = setUpConflicts({ conflicts: { strategy: "merge", allowedStrategies: ["manual"] } });
  await made();
  const parked = await as("bob")("PUT /articles/1", mine, { prefer: "on-conflict=manual" });
  expect(parked).toMatchObject({ status: 409, headers: { "preference-applied": "on-conflict=manual" } });
});

test("refusals are recorded where the collection says so, in one record a second", async () => {
  const { as, made, unclash } = setUpConflicts({ conflicts: { recordRefusals: true } });
  await made();
  const bob = as("bob");
  const first = await bob("PUT /articles/1", mine);
  const second = await bob("PUT /articles/1", mine);
  expect(second.body["conflict"]).toBe(first.body["conflict"]);
  const other = await as()("PUT /articles/1", mine);
  expect(other).toMatchObject({ status: 409 });
  expect(other.body["conflict"]).toBeUndefined();
  await unclash.drain();
  const { body } = await bob(`GET /conflicts/${String(first.body["conflict"])}`);
  expect(body).toMatchObject({
    state: "open",
    strategy: "reject",
    count: 2,
    proposed: { representation: { title: "Mine" } },
  });
  const { body: all } = await as("root")("GET /conflicts");
  expect(all["items"]).toMatchObject(
    [
      { by: null, count: 1 },
      { by: "bob", count: 2 },
    ]
      .toReversed()
      .toReversed(),
  );
});

test.each(["reject", "manual"] as const)("what is there already leaves nothing to resolve: %s", async (strategy) => {
  const { as, made, unclash } = setUpConflicts({ conflicts: { strategy, recordRefusals: true } });
  await made();
  const { status, body } = await as("bob")("PUT /articles/1", { title: "Theirs", text: "text", version: 1 });
  expect({ status, body }).toMatchObject({ status: 409, body: { identical: true } });
  expect(body["conflict"]).toBeUndefined();
  await unclash.drain();
  expect((await as("root")("GET /conflicts")).body["items"]).toEqual([]);
});

test("where 100 are parked, one more is a plain conflict, recorded nowhere", async () => {
  const { as, made } = setUpConflicts({ conflicts: { strategy: "manual", recordRefusals: true } });
  await made();
  const bob = as("bob");
  for (let number = 1; number <= 100; number += 1)
    expect((await bob("PUT /articles/1", { title: `T${number}`, version: 1 })).body["conflict"]).toBeDefined();
  const last = await bob("PUT /articles/1", mine);
  expect(last).toMatchObject({ status: 409, body: { current: { version: 2 } } });
  expect(last.body["conflict"]).toBeUndefined();
});

test("a plain refusal is not recorded by itself, nor one for a state that never was", async () => {
  const { as, made, unclash } = setUpConflicts({ conflicts: { recordRefusals: true } });
  await made();
  const foreign = await as("bob")("PUT /articles/1", { title: "Mine" }, { "if-match": '"1-AAAAAAAAAAAAAAAA"' });
  expect(foreign).toMatchObject({ status: 409 });
  await unclash.drain();
  expect((await as("root")("GET /conflicts")).body["items"]).toEqual([]);
});

test("a list is of one's own conflicts, by resource and state, the newest first", async () => {
  const { as, made } = setUpConflicts({ conflicts: { strategy: "manual" } });
  await made();
  await as("alice")("POST /articles", { id: "2", title: "Old" });
  await as("alice")("PUT /articles/2", { title: "Theirs", version: 1 });
  const bob = as("bob");
  const ids: unknown[] = [];
  for (const [id, title] of [
    ["1", "a"],
    ["2", "b"],
    ["1", "c"],
  ] as const)
    ids.unshift((await bob(`PUT /articles/${id}`, { title, version: 1 })).body["conflict"]);
  const listed = async (caller: typeof bob, query = ""): Promise<readonly unknown[]> => {
    const { status, body } = await caller(`GET /conflicts${query}`);
    return status === 200 ? [...Object(body["items"])].map(({ id }) => id) : [status];
  };
  expect(await listed(bob)).toEqual(ids);
  expect(await listed(bob, "?resource=articles/1")).toEqual([ids[0], ids[2]]);
  expect(await listed(bob, "?state=resolved")).toEqual([]);
  expect(await listed(bob, "?state=open&resource=articles/2")).toEqual([ids[1]]);
  expect(await listed(as("root"))).toEqual(ids);
  expect(await listed(as("alice"))).toEqual([]);
  expect(await listed(as())).toEqual([401]);
  const { body, headers } = await bob("GET /conflicts?limit=2&resource=articles/1");
  expect(body["next"]).toBeNull();
  expect(headers["link"]).toBeUndefined();
  const page = await bob("GET /conflicts?limit=2");
  const next = /<(.*)>; rel="next"/.exec(page.headers["link"] ?? "")?.[1] ?? "";
  expect(await listed(bob, next.replace("/conflicts", ""))).toEqual([ids[2]]);
  const otherList = await bob(`GET /conflicts?state=open&after=${String(page.body["next"])}`);
  expect(otherList).toMatchObject({ status: 400, body: { errors: [{ code: "malformed-cursor" }] } });
});

test.each(["", "resource=articles/1&", "state=open&", "resource=articles/1&state=open&"])(
  "a list of ?%s goes on after its first page",
  async (query) => {
    const { as, made } = setUpConflicts({ conflicts: { strategy: "manual" } });
    await made();
    const bob = as("bob");
    for (const title of ["a", "b", "c"]) await bob("PUT /articles/1", { title, version: 1 });
    const first = await bob(`GET /conflicts?${query}limit=2`);
    const second = await bob(`GET /conflicts?${query}limit=2&after=${String(first.body["next"])}`);
    expect(second).toMatchObject({ status: 200, body: { next: null } });
    const ids = [first, second].flatMap(({ body }) => [...Object(body["items"])].map(({ id }) => id));
    expect(new Set(ids).size).toBe(3);
  },
);

test.each([
  ["?state=closed", "malformed-state", "state"],
  ["?state=open&state=open", "repeated-parameter", "state"],
  ["?by=bob", "unknown-parameter", "by"],
  ["?limit=0", "malformed-limit", "limit"],
])("a list of %s is refused", async (query, code, parameter) => {
  const { as } = setUpConflicts();
  const { status, body } = await as("bob")(`GET /conflicts${query}`);
  expect({ status, errors: body["errors"] }).toMatchObject({ status: 400, errors: [{ code, parameter }] });
});

test("what a caller may not read of a resource, its conflict does not show either", async () => {
  const hidden = new Set<string>();
  const { as, made } = setUpConflicts({
    conflicts: { strategy: "manual" },
    authorize: (action, _key, actor) => (hidden.has(`${actor?.name} ${action}`) ? "hide" : "allow"),
  });
  await made();
  const { body } = await as("bob")("PUT /articles/1", mine);
  const id = String(body["conflict"]);
  const seen = async (actor: string) => (await as(actor)(`GET /conflicts/${id}`)).body;
  expect(Object.keys(await seen("carol"))).toContain("current");
  hidden.add("bob history");
  const noPast = await seen("bob");
  expect(noPast).toMatchObject({ base: { version: 1 }, current: { version: 2, representation: { title: "Theirs" } } });
  expect(Object.keys(Object(noPast["base"]))).toEqual(["version"]);
  expect(noPast).not.toHaveProperty("conflictingFields");
  await as("alice")("PUT /articles/1", { title: "Later", version: 2 });
  expect(Object.keys(Object((await seen("bob"))["current"]))).toEqual(["version"]);
  hidden.add("bob read").add("carol read");
  expect(await seen("bob")).toMatchObject({ base: { version: 1 }, proposed: { representation: { title: "Mine" } } });
  expect(await seen("bob")).not.toHaveProperty("current");
  for (const name of ["base", "current", "proposed"]) expect(await seen("carol")).not.toHaveProperty(name);
  hidden.add("bob read-conflict");
  expect((await as("bob")(`GET /conflicts/${id}`)).status).toBe(404);
});

test("routes of conflicts know their methods, and no others", async () => {
  const { as } = setUpConflicts();
  const root = as("root");
  expect(await root("DELETE /conflicts")).toMatchObject({ status: 405, headers: { allow: "GET, HEAD, OPTIONS" } });
  expect(await root("GET /resolve-conflict")).toMatchObject({ status: 405, headers: { allow: "POST, OPTIONS" } });
  for (const path of ["/conflicts/", "/conflicts/1/2", "/resolve-conflict/1", "/conflicts/nothing", "/conflicts/c_%00"])
    expect(await root(`GET ${path}`)).toMatchObject({ status: 404 });
});
