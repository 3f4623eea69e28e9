import { expect, test } from "vitest";
import { z } from "zod";
import type { Loaded } from "../states/loaded-state.js";
import { type Asked, applied, contextOf, refusal, row } from "./content.test-support.js";
import type { GuardContext } from "./guard-context.js";
import { isGuardError } from "./guard-error.js";

/** All that the row holds may be shown. */
const shown = { represent: (value: unknown) => Object(value) };

const merge = "application/merge-patch+json";
const patch = "application/json-patch+json";

test.each<[what: string, method: string, asked: Asked, fields: unknown]>([
  [
    "PUT: the content, without what is no field",
    "PUT",
    { body: { id: "1", version: 3, etag: '"3"', title: "B" } },
    { title: "B" },
  ],
  ["POST: the content", "POST", { body: { title: "B" } }, { title: "B" }],
  ["the text of the content", "PUT", { body: '{"title":"B"}' }, { title: "B" }],
  ["the bytes of the content", "PUT", { body: Buffer.from('{"title":"B"}') }, { title: "B" }],
  [
    "PATCH: what a merge patch makes of the row",
    "PATCH",
    { type: merge, body: { title: null, a: 1 } },
    { tags: ["x"], a: 1 },
  ],
  [
    "PATCH: what a JSON Patch makes of the row, which may test its id and version",
    "PATCH",
    {
      type: patch,
      options: shown,
      body: [
        { op: "test", path: "/id", value: "1" },
        { op: "test", path: "/version", value: 3 },
        { op: "add", path: "/tags/-", value: "y" },
      ],
    },
    { title: "A", tags: ["x", "y"] },
  ],
  [
    "PATCH: over what represent shows",
    "PATCH",
    { type: merge, body: { a: 1 }, options: { represent: () => ({ id: "1", b: 2 }) } },
    { a: 1, b: 2 },
  ],
  [
    "PATCH: without a version, where no field of the content is one",
    "PATCH",
    { type: merge, body: { a: 1 }, options: { versionField: false } },
    { title: "A", tags: ["x"], a: 1 },
  ],
])("applyChange gives the fields: %s", async (_what, method, asked, fields) => {
  expect(await applied(method, asked)).toEqual(fields);
});

test("a patch is applied to the state that is given, and dates and big versions are texts", async () => {
  const { applyChange } = await contextOf("PATCH", { type: merge, body: { a: 1 } });
  expect(await applyChange({ id: "1", made: new Date(0) })).toEqual({ a: 1, made: "1970-01-01T00:00:00.000Z" });
  const merged = applied(
    "PATCH",
    { type: merge, body: { a: 1 }, options: { versionField: false } },
    { ...row, version: 7n },
  );
  expect(await merged).toEqual({ title: "A", tags: ["x"], a: 1 });
  const hashed = { version: { title: "A" } };
  expect(await applied("PATCH", { type: merge, body: { a: 1 } }, hashed)).toEqual({ title: "A", a: 1 });
});

test("a schema's output is what applyChange gives, and what is not valid has pointers", async () => {
  const schema = z.strictObject({ title: z.string(), at: z.coerce.date() });
  const { applyChange } = await contextOf("PUT", { body: { title: "B", at: "2026-01-01T00:00:00Z" } });
  const fields = await applyChange(undefined, schema);
  expect(fields.at.getTime()).toBe(Date.UTC(2026, 0, 1));
  const wrong = await contextOf("PUT", { body: { title: 1, at: "2026-01-01" } });
  expect(await refusal(wrong.applyChange(undefined, schema))).toMatchObject({
    status: 422,
    errors: [{ pointer: "/title" }],
  });
});

test("what a strategy has settled a stale write with goes before its content", async () => {
  const options = {
    represent: ({ title }: { title: string }) => ({ title }),
    past: () => row,
    conflicts: { strategy: () => ({ kind: "accept", value: { title: "merged" } }) },
  } as const;
  const stale = { body: { title: "B" }, headers: { "if-match": '"2"' }, options };
  expect(await applied("PUT", Object(stale))).toEqual({ title: "merged" });
});

const headers = (accepted: Readonly<Record<string, string>>) => ({ headers: expect.objectContaining(accepted) });

test.each<[what: string, method: string, asked: Asked, refused: object]>([
  [
    "a PATCH of JSON",
    "PATCH",
    { body: {} },
    { status: 415, ...headers({ "accept-patch": "application/merge-patch+json, application/json-patch+json" }) },
  ],
  ["a form", "PUT", { type: "application/x-www-form-urlencoded", body: { a: "1" } }, { status: 415 }],
  [
    "two media types",
    "PUT",
    { headers: Object({ "content-type": ["application/json", "text/plain"] }), body: {} },
    { status: 400, errors: [expect.objectContaining({ code: "repeated-header", header: "Content-Type" })] },
  ],
  ["no content", "PUT", { unread: true }, { status: 400, errors: [expect.objectContaining({ pointer: "" })] }],
  [
    "JSON that is too deep",
    "PUT",
    { body: [[[1]]], options: { requestLimits: { jsonDepthMax: 2 } } },
    { status: 400, errors: [expect.objectContaining({ code: "too-deep" })] },
  ],
  [
    "an id that is not the row's",
    "PUT",
    { body: { id: "2" } },
    { status: 400, errors: [expect.objectContaining({ code: "contradictory-id", pointer: "/id" })] },
  ],
  ["a list for an object", "PUT", { body: [] }, { status: 422, errors: [expect.objectContaining({ pointer: "" })] }],
  [
    "a malformed patch",
    "PATCH",
    { type: patch, options: shown, body: [{ op: "leap", path: "/a" }] },
    { status: 400, errors: [expect.objectContaining({ pointer: "/0/op" })] },
  ],
  [
    "a test that fails",
    "PATCH",
    { type: patch, options: shown, body: [{ op: "test", path: "/title", value: "B" }] },
    { status: 409, field: "/title", resource: "articles/1" },
  ],
  [
    "a path that is not there",
    "PATCH",
    { type: patch, options: shown, body: [{ op: "remove", path: "/none" }] },
    { status: 422 },
  ],
  [
    "a patch of the id",
    "PATCH",
    { type: patch, options: shown, body: [{ op: "replace", path: "/id", value: "2" }] },
    { status: 422, errors: [expect.objectContaining({ pointer: "/id" })] },
  ],
  [
    "a version and an entity-tag of two states",
    "PUT",
    { body: { version: 3, etag: '"4-AAAA"' } },
    { status: 400, errors: [expect.objectContaining({ code: "contradictory-preconditions", pointer: "/etag" })] },
  ],
])("applyChange refuses as a collection does: %s", async (_what, method, asked, refused) => {
  expect(await refusal(applied(method, asked))).toMatchObject(refused);
});

test("of a POST, readId gives the id that it names, and refuses what is none", async () => {
  const list = { resource: () => null };
  const idOf = async (body: unknown) => (await contextOf("POST", { body, options: list })).readId();
  expect(await idOf({ id: "new", title: "B" })).toBe("new");
  expect(await idOf({ title: "B" })).toBeUndefined();
  expect(await refusal(idOf({ id: "a/b" }))).toMatchObject({ status: 400, errors: [{ code: "malformed-id" }] });
  expect(await refusal(idOf({ id: 7 }))).toMatchObject({ status: 400, errors: [{ code: "malformed-id" }] });
});

test("a POST to a list is held against no state, and says so", async () => {
  const posted = (headers: Asked["headers"] = {}) =>
    applied("POST", { body: {}, headers, options: { resource: () => null } });
  expect(await refusal(posted({ "if-match": '"1"' }))).toMatchObject({
    status: 400,
    errors: [{ code: "unsupported-precondition" }],
  });
  expect(await refusal(posted({ "if-none-match": "*" }))).toMatchObject({
    status: 409,
    resource: "articles/1",
    expected: { absent: true },
  });
  expect(await posted({ "if-match": "*" })).toEqual({});
});

test("with checkContent, content is refused before the preconditions are looked at, and all at once", async () => {
  const stale = { "if-match": '"1"' };
  const options = { checkContent: true, resource: () => "articles/1" };
  const type = "text/plain";
  expect(await refusal(contextOf("PUT", { type, headers: stale }))).toMatchObject({ status: 409 });
  expect(await refusal(contextOf("PUT", { type, headers: stale, options }))).toMatchObject({ status: 415 });
  const wrong = { body: { version: "" }, headers: { "if-match": "x" }, options };
  expect(await refusal(contextOf("PUT", wrong))).toMatchObject({
    status: 400,
    errors: [{ code: "malformed-version" }, { header: "If-Match" }],
  });
  const other = { body: { id: "2" }, headers: stale, options };
  expect(await refusal(contextOf("PUT", other))).toMatchObject({ status: 400, errors: [{ code: "contradictory-id" }] });
  expect(await applied("PUT", { body: '{"title":"B"}', options })).toEqual({ title: "B" });
  const list = { checkContent: true, resource: () => null };
  const posted = { body: { id: "a/b", version: -1, etag: "1" }, headers: { "if-match": '"1"' }, options: list };
  expect(await refusal(contextOf("POST", posted))).toMatchObject({
    status: 400,
    errors: [
      { code: "malformed-version" },
      { code: "malformed-etag" },
      { code: "malformed-id" },
      { code: "unsupported-precondition" },
    ],
  });
  expect(await applied("POST", { body: { version: 1, etag: '"1"' }, options: list })).toEqual({});
});

test.each<[what: string, asked: Asked, says: string, run?: (context: GuardContext<Loaded>) => unknown]>([
  [
    "content that no parser has read",
    { unread: true, type: merge, headers: { "content-length": "2" } },
    "applyChange() can't see the content of PATCH /articles/1: no body parser before the guard has read " +
      "application/merge-patch+json. Put one there that reads application/json, ",
  ],
  [
    "a row that represent does not show",
    { type: merge, body: {}, options: { represent: () => undefined } },
    "`represent` shows this caller nothing of it",
  ],
  [
    "a state with no form in JSON",
    { type: merge, body: {} },
    "must be given an object that can be sent as JSON, and was given the bigint 5 at /price",
    ({ applyChange }) => applyChange({ price: 5n }),
  ],
  [
    "a schema in the place of the state",
    { type: merge, body: {} },
    "takes a schema as its second argument",
    ({ applyChange }) => Reflect.apply(applyChange, undefined, [z.object({})]),
  ],
  [
    "the promise of a state",
    { type: merge, body: {} },
    "must be given a state, and was given a promise",
    ({ applyChange }) => applyChange(Promise.resolve(row)),
  ],
  [
    "a state as load gives it, in the place of its value",
    { type: merge, body: {} },
    "was given { version, value } as its state, and must be given the fields themselves",
    ({ applyChange }) => applyChange({ version: 3, value: row, modifiedAt: new Date(0) }),
  ],
  [
    "a schema that is none",
    { type: merge, body: {} },
    "must be given a schema that speaks Standard Schema",
    ({ applyChange }) => Reflect.apply(applyChange, undefined, [undefined, { parse: () => ({}) }]),
  ],
])("is a mistake of the app's: %s", async (_what, asked, says, run = ({ applyChange }) => applyChange()) => {
  const context = await contextOf("PATCH", asked);
  await expect((async () => run(context))()).rejects.toThrow(says);
});

test("a row with no form in JSON, and a method without content, are mistakes of the app's", async () => {
  const priced = { ...row, price: 5n };
  await expect(applied("PATCH", { type: merge, body: {} }, priced)).rejects.toThrow("Say with `represent`");
  await expect(applied("DELETE", {})).rejects.toThrow("applyChange() is for POST, PUT and PATCH");
});

test("without represent a JSON Patch, which tells what the row holds, is no patch that is taken", async () => {
  const body = [{ op: "test", path: "/secret", value: "s" }];
  const { applyChange } = await contextOf("PATCH", { type: patch, body }, Object({ ...row, secret: "s" }));
  const thrown: unknown = await applyChange().catch((error: unknown) => error);
  if (!isGuardError(thrown)) throw thrown;
  expect([thrown.status, thrown.headers["accept-patch"]]).toEqual([415, "application/merge-patch+json"]);
  expect(await applyChange({ secret: "s" })).toEqual({ secret: "s" });
});
