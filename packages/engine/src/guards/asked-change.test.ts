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
