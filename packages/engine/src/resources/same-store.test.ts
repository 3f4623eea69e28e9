import { createMemoryStore } from "@unclash/memory";
import { afterAll, afterEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { createUnclash } from "../unclash.js";
import type { CollectionOptions } from "./collection-options.js";

const emitted = vi.spyOn(process, "emitWarning").mockImplementation(() => {});

afterEach(() => emitted.mockClear());
afterAll(() => emitted.mockRestore());

function warnings(...engines: readonly Partial<CollectionOptions>[]): readonly string[] {
  const store = createMemoryStore();
  for (const options of engines)
    createUnclash({
      store,
      collections: { notes: { schema: z.looseObject({}), ...options }, tags: { schema: z.looseObject({}) } },
    });
  return emitted.mock.calls
    .filter(([, options]) => Object(options).code === "UNCLASH_ENGINES_DIFFER")
    .map(([text]) => String(text));
}

test.each<[option: string, one: Partial<CollectionOptions>, other: Partial<CollectionOptions>, said: string]>([
  ["unique", { unique: ["slug"] }, {}, '`unique` is [] here, and ["slug"] there'],
  ["references", {}, { references: { tag: "tags" } }, '`references` is {"tag":"tags"} here, and {} there'],
  [
    "onDelete",
    { references: { tag: "tags" } },
    { references: { tag: { collection: "tags", onDelete: "restrict" } } },
    '`references` is {"tag":{"collection":"tags","onDelete":"restrict"}} here, and {"tag":"tags"} there',
  ],
  ["versionField", {}, { versionField: false }, '`versionField` is false here, and "version" there'],
  ["versions", { versions: "timestamps" }, {}, '`versions` is "counted" here, and "timestamps" there'],
  ["entityTags", {}, { entityTags: "md5" }, '`entityTags` is "md5" here, and "version" there'],
  ["retention", { retention: { count: 5 } }, { retention: { count: 6 } }, '`retention` is {"count":6} here'],
])(
  "two engines over one store that take a collection for something else are told so: %s",
  (_option, one, other, said) => {
    const [warning, ...more] = warnings(one, other);
    expect(warning).toMatch(/^collections\.notes is not what another engine over the same store takes it for/);
    expect(warning).toContain(said);
    expect(more).toEqual([]);
  },
);

test("what each engine may decide for itself is no difference, nor is the order of names", () => {
  const unique = ["slug", "sku"];
  const own = {
    preconditions: { required: false },
    conflicts: { strategy: "last-write-wins", discloseCurrent: true },
  } as const;
  expect(warnings({ unique }, { unique: unique.toReversed(), versions: "counted", ...own })).toEqual([]);
  const longer = { tag: { onDelete: "ignore", collection: "tags" } } as const;
  expect(warnings({ references: { tag: "tags" } }, { references: longer })).toEqual([]);
});

test("engines over stores of their own have nothing to agree on", () => {
  expect([...warnings({ unique: ["slug"] }), ...warnings({})]).toEqual([]);
});
