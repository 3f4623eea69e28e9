import { expect, test } from "vitest";
import { setUpConflicts } from "../conflicts/conflicts.test-support.js";

const stale = { title: "Mine", text: "text", version: 1 };

async function parked(json: object = stale, more: Parameters<typeof setUpConflicts>[0] = {}) {
  const set = setUpConflicts({ conflicts: { strategy: "manual" }, ...more });
  await set.made();
  const bob = set.as("bob");
  const { status, body } = await bob("PUT /articles/1", json);
  expect(status).toBe(409);
  const conflict = String(body["conflict"]);
  const resolve = (resolution: string, more: object = {}, as = bob) =>
    as("POST /resolve-conflict", { conflict, resolution, ...more });
  const current = async () => (await set.as("root")("GET /articles/1")).body;
  return { ...set, bob, conflict, resolve, current };
}

test.each([
  ["mine", {}, stale, { title: "Mine", text: "text", version: 3 }],
  ["theirs", {}, stale, { title: "Theirs", text: "text", version: 2 }],
  ["merge", {}, { ...stale, title: "Old", text: "mine" }, { title: "Theirs", text: "mine", version: 3 }],
  ["custom", { value: { title: "Both", id: "1", version: 9 } }, stale, { title: "Both", version: 3 }],
  ["custom", { value: { title: "Theirs", text: "text" } }, stale, { title: "Theirs", text: "text", version: 2 }],
])("%s of %j resolves it", async (resolution, more, json, left) => {
  const { resolve, current, as, conflict, events } = await parked(json);
  const answer = await resolve(resolution, more);
  const { id: _id, ...fields } = await current();
  expect(fields).toEqual(left);
  expect(answer).toMatchObject({
    status: 200,
    headers: { "cache-control": "no-store" },
    body: { status: "resolved", resource: "articles/1", version: left.version },
  });
  expect(answer.body["etag"]).toBe((await as("root")("GET /articles/1")).headers["etag"]);
  const { body } = await as("root")(`GET /conflicts/${conflict}`);
  expect(body).toMatchObject({ state: "resolved", resolution, resolvedBy: "bob" });
  const told = (await events()).filter(({ type }) => type.startsWith("conflict")).map(({ type }) => type);
  expect(told).toEqual(["conflict.detected", "conflict.resolved"]);
  expect(await resolve("theirs")).toMatchObject({ status: 409, body: { state: "resolved", resolution } });
  if (left.version === 3) {
    const { body: history } = await as("root")("GET /articles/1/versions?limit=1");
    expect(history["items"]).toMatchObject([{ cause: "resolution", author: "bob" }]);
  }
});

test("a parked deletion deletes", async () => {
  const { as, made } = setUpConflicts({ conflicts: { strategy: "manual" } });
  await made();
  const { body: history } = await as("bob")("GET /articles/1/versions");
  const tag = String(Object(history["items"])[1].etag);
  const { body } = await as("bob")("DELETE /articles/1", undefined, { "if-match": tag });
  const conflict = body["conflict"];
  expect((await as("bob")(`GET /conflicts/${String(conflict)}`)).body).toMatchObject({ proposed: null });
  const gone = await as("bob")("POST /resolve-conflict", { conflict, resolution: "mine" });
  expect(gone).toMatchObject({ status: 200, body: { version: 3 } });
  expect((await as("bob")("GET /articles/1")).status).toBe(410);
});

test("nothing is resolved once the resource has moved on, unless the request names what there is", async () => {
  const { resolve, as, current } = await parked();
  await as("alice")("PUT /articles/1", { title: "Later", text: "text", version: 2 });
  for (const resolution of ["mine", "theirs", "merge"])
    expect(await resolve(resolution)).toMatchObject({
      status: 409,
      body: { type: "urn:problem-type:unclash:version-conflict", expected: { version: 2 }, current: { version: 3 } },
    });
  expect(await resolve("mine", { version: 2 })).toMatchObject({ status: 409 });
  expect(await resolve("mine", { version: 3 })).toMatchObject({ status: 200, body: { version: 4 } });
  expect(await current()).toMatchObject({ title: "Mine" });
});

test("a deletion that came in between can be agreed to, and not undone", async () => {
  const { resolve, as } = await parked();
  await as("alice")("DELETE /articles/1", undefined, { "if-match": "*" });
  expect(await resolve("mine")).toMatchObject({ status: 409 });
  expect(await resolve("theirs")).toMatchObject({ status: 409 });
  expect(await resolve("theirs", { version: 3 })).toMatchObject({ status: 200, body: { version: 3 } });
});

test("a merge that leaves something open resolves nothing", async () => {
  const { resolve, conflict, bob } = await parked();
  const unmerged = await resolve("merge");
  expect(unmerged).toMatchObject({ status: 409, body: { conflictingFields: ["/title"], current: { version: 2 } } });
  expect(unmerged.body["detail"]).toMatch(/can't be merged/);
  expect((await bob(`GET /conflicts/${conflict}`)).body).toMatchObject({ state: "open" });
});

test("another's conflict is none, to resolve or to read; an admin's are all", async () => {
  const { resolve, as } = await parked();
  expect(await resolve("mine", {}, as("carol"))).toMatchObject({ status: 404 });
  expect(await resolve("mine", {}, as())).toMatchObject({ status: 401 });
  expect(await resolve("mine", {}, as("root"))).toMatchObject({ status: 200 });
});

test("who may not change the resource resolves nothing that would, but may agree to what is there", async () => {
  let mayChange = true;
  const { resolve } = await parked(stale, {
    authorize: (action) => (action === "change" && !mayChange ? "deny" : "allow"),
  });
  mayChange = false;
  expect(await resolve("mine")).toMatchObject({ status: 403 });
  expect(await resolve("theirs")).toMatchObject({ status: 200 });
});

test("a value that breaks the schema or a rule is refused as it is in a PUT", async () => {
  const { resolve } = await parked();
  const invalid = await resolve("custom", { value: { title: 1 } });
  expect(invalid).toMatchObject({ status: 422, body: { errors: [{ pointer: "/title" }] } });
  expect(await resolve("custom", { value: [] })).toMatchObject({ status: 422 });
});

test.each([
  [{ resolution: "mine" }, "malformed-conflict", "/conflict"],
  [{ conflict: "c_1" }, "malformed-resolution", "/resolution"],
  [{ conflict: "c_1", resolution: "both" }, "malformed-resolution", "/resolution"],
  [{ conflict: "c_1", resolution: "custom" }, "malformed-value", "/value"],
  [{ conflict: "c_1", resolution: "mine", value: {} }, "malformed-value", "/value"],
  [{ conflict: "c_1", resolution: "mine", version: "2" }, "malformed-version", "/version"],
  [{ conflict: "c_1", resolution: "mine", force: true }, "unknown-member", "/force"],
])("%j is refused", async (json, code, pointer) => {
  const { as } = setUpConflicts();
  const { status, body } = await as("bob")("POST /resolve-conflict", json);
  expect({ status, errors: body["errors"] }).toMatchObject({ status: 400, errors: [{ code, pointer }] });
});

test("a precondition in a header is refused, since it would not be looked at", async () => {
  const { as } = setUpConflicts();
  const json = { conflict: "c_1", resolution: "mine" };
  const { status, body } = await as("bob")("POST /resolve-conflict", json, { "if-match": '"2-x"' });
  expect({ status, body }).toMatchObject({ status: 400, body: { errors: [{ code: "unsupported-precondition" }] } });
});

test("a repeat with the same key gets the first answer", async () => {
  const { conflict, bob } = await parked();
  const json = { conflict, resolution: "mine" };
  const headers = { "idempotency-key": "resolve-this-once" };
  const first = await bob("POST /resolve-conflict", json, headers);
  const again = await bob("POST /resolve-conflict", json, headers);
  expect(again).toMatchObject({ status: 200, body: first.body, headers: { "idempotency-replayed": "true" } });
});

test("a repeat of what was parked gets the same conflict", async () => {
  const { as, made } = setUpConflicts({ conflicts: { strategy: "manual" } });
  await made();
  const headers = { "idempotency-key": "park-this-but-once" };
  const first = await as("bob")("PUT /articles/1", stale, headers);
  const again = await as("bob")("PUT /articles/1", stale, headers);
  expect(again).toMatchObject({ status: 409, body: { conflict: first.body["conflict"] } });
  expect(Object((await as("bob")("GET /conflicts")).body["items"])).toHaveLength(1);
});

test("what is tried out changes nothing", async () => {
  const { conflict, bob, current } = await parked();
  const tried = await bob("POST /resolve-conflict", { conflict, resolution: "mine" }, { prefer: "dry-run" });
  expect(tried).toMatchObject({ status: 200, headers: { "preference-applied": "dry-run" }, body: { version: 3 } });
  expect(await current()).toMatchObject({ title: "Theirs" });
  expect((await bob(`GET /conflicts/${conflict}`)).body).toMatchObject({ state: "open" });
});

test("a redaction of what a conflict was made from takes the proposal out of it", async () => {
  const { conflict, bob, as, resolve } = await parked();
  const redacted = await as("root")("POST /articles/1/versions/1/redact", { paths: ["/text"] });
  expect(redacted.status).toBe(200);
  const { body } = await bob(`GET /conflicts/${conflict}`);
  expect(body).not.toHaveProperty("proposed");
  expect(body).toMatchObject({ state: "open", base: { representation: { title: "Old" } } });
  expect(JSON.stringify(body["base"])).not.toContain("text");
  expect(await resolve("mine")).toMatchObject({
    status: 409,
    body: { type: "urn:problem-type:unclash:invalid-state" },
  });
  expect(await resolve("custom", { value: { title: "Both" } })).toMatchObject({ status: 200 });
});

test("a park holds its states where the history does not keep them", async () => {
  const { conflict, bob, as, store, resolve, current } = await parked(
    { ...stale, title: "Old", text: "mine" },
    {
      collection: { retention: { count: 1 } },
    },
  );
  for (const version of [2, 3, 4])
    await as("alice")("PUT /articles/1", { title: `T${version}`, text: "text", version });
  await store.clean(1_000);
  expect((await as("root")("GET /articles/1/versions/1")).status).toBe(404);
  const { body } = await bob(`GET /conflicts/${conflict}`);
  expect(body).toMatchObject({ base: { version: 1, representation: { title: "Old", text: "text" } } });
  expect(await resolve("merge", { version: 5 })).toMatchObject({ status: 200 });
  expect(await current()).toMatchObject({ title: "T4", text: "mine" });
});
