import { setTimeout } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import type { Loaded } from "../states/loaded-state.js";
import { type Asked, applied, contextOf, refusal, row } from "./content.test-support.js";
import type { GuardContext } from "./guard-context.js";

const asNumber = { represent: ({ id, title }: { id: string; title: string }) => ({ id: Number(id), title }) };

test.each<[what: string, loaded: { readonly id: unknown }, shown: unknown, options?: object]>([
  ["a text", { id: "1" }, "1"],
  ["a number", { id: 7 }, 7],
  ["a number where a text is shown", { id: 7 }, "7"],
  ["a bigint", { id: 7n }, "7"],
  ["what represent makes of it", { id: "7" }, 7, asNumber],
  ["a path", { id: "docs/a.md" }, "docs/a.md"],
])("an item is put back unchanged, whatever its id is: %s", async (_what, own, id, more) => {
  for (const checkContent of [false, true]) {
    const options = { checkContent, resource: () => "articles/any", ...more };
    const put = { body: { id, title: "A", version: 3 }, options };
    expect(await applied("PUT", put, { ...row, ...own })).toEqual({ title: "A" });
    const other = { ...put, body: { id: `${id}0` } };
    expect(await refusal(applied("PUT", other, { ...row, ...own }))).toMatchObject({
      status: 400,
      errors: [{ code: "contradictory-id", pointer: "/id" }],
    });
  }
});

test("a PUT that creates is held against no id, since there is no row that has one", async () => {
  for (const checkContent of [false, true]) {
    const options = { checkContent, creates: true, resource: () => "articles/7" };
    const put = { body: { id: 7, title: "A" }, options };
    expect(await (await contextOf("PUT", put, null)).applyChange()).toEqual({ title: "A" });
  }
});

test.each<[what: string, asked: Asked]>([
  ["another media type", { type: "text/plain" }],
  ["malformed JSON", { body: "{" }],
  ["what no parser has read", { unread: true, headers: { "content-length": "2" } }],
])("a refusal that is awaited late ends the request, and not the process: %s", async (_what, asked) => {
  const unhandled = vi.fn<(reason: unknown) => void>();
  process.on("unhandledRejection", unhandled);
  try {
    const wanted = applyAt(await contextOf("PUT", asked));
    await setTimeout(20);
    await expect(wanted).rejects.toThrow();
    applyAt(await contextOf("PUT", asked));
    await setTimeout(20);
    expect(unhandled).not.toHaveBeenCalled();
  } finally {
    process.off("unhandledRejection", unhandled);
  }
});

function applyAt({ applyChange }: GuardContext<Loaded>): Promise<unknown> {
  return applyChange();
}

const checking = { checkContent: true, resource: () => "articles/1" };

test.each<[what: string, asked: Asked]>([
  ["nothing", { type: "", unread: true }],
  ["what a parser makes of nothing", { type: "", headers: { "content-length": "0" }, body: undefined }],
  ["an object, as some parsers make of nothing", { type: "", body: {} }],
  ["an empty text of JSON", { unread: true, headers: { "content-length": "0" } }],
])("with checkContent, a POST of an action needs no content: %s", async (_what, asked) => {
  const { current } = await contextOf("POST", { ...asked, options: checking });
  expect(current).toBe(row);
});

test("with checkContent, a POST whose content is no JSON is refused, and so is a PUT without content", async () => {
  const form = { type: "text/plain", body: "a", headers: { "content-length": "1" }, options: checking };
  expect(await refusal(contextOf("POST", form))).toMatchObject({ status: 415 });
  expect(await refusal(contextOf("PUT", { type: "", unread: true, options: checking }))).toMatchObject({ status: 415 });
});

test("content that checkContent can't see is an error that names it, and what to parse", async () => {
  const unseen = { unread: true, headers: { "content-length": "2" }, options: checking };
  await expect(contextOf("PUT", unseen)).rejects.toThrow(
    "guard() with `checkContent` can't see the content of PUT /articles/1: no body parser before the guard",
  );
});

test("a POST that is held against a row is no creation, and keeps its preconditions", async () => {
  for (const checkContent of [false, true]) {
    const act = { body: { id: "new" }, headers: { "if-match": '"3"' }, options: { ...checking, checkContent } };
    const context = await contextOf("POST", act);
    expect(await context.applyChange()).toEqual({});
    expect(context.readId()).toBe("new");
  }
});

test("with jsonPatchAsMerge, a PATCH of JSON is a merge patch, as in a collection", async () => {
  for (const checkContent of [false, true]) {
    const options = { jsonPatchAsMerge: true, checkContent, resource: () => "articles/1" };
    expect(await applied("PATCH", { body: { title: null, a: 1 }, options })).toEqual({ tags: ["x"], a: 1 });
    const other = applied("PATCH", { type: "text/plain", options });
    expect(await refusal(other)).toMatchObject({
      status: 415,
      headers: { "accept-patch": expect.stringMatching(/, application\/json$/) },
    });
  }
});
