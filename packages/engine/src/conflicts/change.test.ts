import { createMemoryStore } from "@unclash/memory";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import { applied, refusal } from "../guards/content.test-support.js";
import { createUnclash } from "../unclash.js";

const texts: string[] = [];

beforeEach(() => {
  texts.length = 0;
  vi.spyOn(process, "emitWarning").mockImplementation((text, options) => {
    if (Object(options).code === "UNCLASH_STATE_OVER_LIMITS") texts.push(String(text));
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

const merge = "application/merge-patch+json";
const patch = "application/json-patch+json";
const tags = Array.from({ length: 40 }, (_, index) => index);
const wide = Object.fromEntries(tags.map((index) => [`k${index}`, 0]));

const over: readonly [limit: string, options: object, row: object][] = [
  ["jsonValuesMax", { jsonValuesMax: 20 }, { title: "A", tags }],
  ["jsonKeysMax", { jsonKeysMax: 20 }, { title: "A", wide }],
  ["jsonDepthMax", { jsonDepthMax: 2 }, { title: "A", deep: [[[[1]]]] }],
  ["jsonKeyLengthMax", { jsonKeyLengthMax: 8 }, { title: "A", "a-long-name": 1 }],
];

test.each(over)("a row over %s of the app's own can be patched, and the app is warned", async (limit, limits, row) => {
  const options = { requestLimits: limits, represent: (value: unknown) => Object(value), resource: () => `${limit}/1` };
  const state = Object({ version: 3, value: row });
  const merged = { type: merge, body: { title: "B" }, options };
  expect(await applied("PATCH", merged, state)).toEqual({ ...row, title: "B" });
  const replaced = { type: patch, body: [{ op: "replace", path: "/title", value: "B" }], options };
  expect(await applied("PATCH", replaced, state)).toEqual({ ...row, title: "B" });
  expect(texts).toHaveLength(1);
  expect(texts[0]).toContain(`The state of ${limit}/1 is over \`requestLimits.${limit}\``);
});

test("nothing can be added to it, and what is within the limits may not outgrow them", async () => {
  const options = { requestLimits: { jsonValuesMax: 20 }, represent: (value: unknown) => Object(value) };
  const grown = (value: object) =>
    refusal(applied("PATCH", { type: merge, body: { a: 1, b: 2 }, options }, Object({ version: 3, value })));
  const refused = { status: 400, errors: [{ code: "too-many-values" }] };
  expect(await grown({ tags })).toMatchObject(refused);
  expect(await grown({ tags: tags.slice(0, 18) })).toMatchObject(refused);
  const added = [{ op: "add", path: "/tags/-", value: 1 }];
  const onto = Object({ version: 3, value: { tags } });
  expect(await refusal(applied("PATCH", { type: patch, body: added, options }, onto))).toMatchObject(refused);
});

test("a resource from when a body might be larger can be patched, and may not grow", async () => {
  const store = createMemoryStore();
  const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;
  const roomy = createUnclash({ store, collections: { notes } });
  await ask(roomy, "PUT /notes/1", { json: { text: "x".repeat(500), a: 1, b: 1 } });
  const strict = createUnclash({ store, collections: { notes }, requestLimits: { bodyBytesMax: 200 } });
  // With version 10 the text is longer by a digit.
  for (let version = 2; version <= 10; version += 1)
    expect(await ask(strict, "PATCH /notes/1", { json: { a: version % 10 } })).toMatchObject({ status: 200 });
  const grown = await ask(strict, "PATCH /notes/1", { json: { a: "longer" } });
  expect([grown.status, bodyOf(grown)["detail"]]).toEqual([413, "The patched resource may have at most 200 bytes."]);
  const headers = { "content-type": patch };
  const json = [{ op: "replace", path: "/b", value: 2 }];
  expect(await ask(strict, "PATCH /notes/1", { headers, json })).toMatchObject({ status: 200 });
});

test("a JSON Patch that copies too much is refused for that, though it removes it again", async () => {
  const copied = Array.from({ length: 30 }, () => [
    { op: "copy", from: "/text", path: "/copy" },
    { op: "remove", path: "/copy" },
  ]).flat();
  const options = { requestLimits: { bodyBytesMax: 1_000 }, represent: (value: unknown) => Object(value) };
  const onto = Object({ version: 3, value: { text: "x".repeat(100) } });
  const thrown: unknown = await applied("PATCH", { type: patch, body: copied, options }, onto).catch((error) => error);
  expect(thrown).toMatchObject({
    status: 413,
    problem: { detail: "What a JSON Patch copies may have at most 1000 bytes in all, also where it is removed again." },
  });
});
