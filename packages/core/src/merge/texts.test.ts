import fc from "fast-check";
import { diff3Merge } from "node-diff3";
import { describe, expect, test } from "vitest";
import { type Merge, merge } from "./merge.js";
import { prepareMerge } from "./options.js";

const text = prepareMerge({ policies: { "": "text" } });

type TextMerger = (base: readonly string[], mine: readonly string[], theirs: readonly string[]) => Merge;

const merged: TextMerger = (...sides) => {
  const [base = "", mine = "", theirs = ""] = sides.map((lines) => lines.join("\n"));
  return merge(base, mine, theirs, text);
};

/** A text of lines that are all unlike, and edits of it that put in other ones: so only one alignment is a longest. */
const texts = fc
  .tuple(
    fc.integer({ min: 1, max: 12 }),
    fc.array(fc.tuple(fc.nat(12), fc.nat(2), fc.nat(2)), { maxLength: 3 }),
    fc.array(fc.tuple(fc.nat(12), fc.nat(2), fc.nat(2)), { maxLength: 3 }),
    fc.boolean(),
  )
  .map(([count, mine, theirs, alike]) => {
    const base = Array.from({ length: count }, (_, at) => `line ${at}`);
    const edited = (edits: readonly (readonly [number, number, number])[], name: string) => {
      let lines = base;
      for (const [at, removed, added] of edits) {
        const fresh = Array.from({ length: added }, (_, n) => `${name} ${at} ${n} ${lines.length}`);
        lines = lines.toSpliced(at, removed, ...fresh);
      }
      return lines;
    };
    return { base, mine: edited(mine, "new"), theirs: edited(theirs, alike ? "new" : "other") };
  });

function agreesWithDiff3(
  merger: TextMerger,
): fc.IPropertyWithHooks<[{ base: string[]; mine: string[]; theirs: string[] }]> {
  return fc.property(texts, ({ base, mine, theirs }) => {
    const regions = diff3Merge(mine, base, theirs, { excludeFalseConflicts: true });
    const { value, clashes } = merger(base, mine, theirs);
    expect(clashes.length > 0).toBe(regions.some(({ conflict }) => conflict !== undefined));
    if (clashes.length === 0) expect(value).toBe(regions.flatMap(({ ok = [] }) => ok).join("\n"));
  });
}

describe("the policy text", () => {
  test("gives what node-diff3 gives, and clashes where it does, on lines that are all unlike", () => {
    fc.assert(agreesWithDiff3(merged), { numRuns: 2_000 });
  });

  test.each<[bug: string, merger: TextMerger]>([
    ["never clashes", (...sides) => ({ ...merged(...sides), clashes: [] })],
    [
      "forgets what mine put in",
      (base, mine, theirs) =>
        merged(
          base,
          mine.filter((line) => base.includes(line)),
          theirs,
        ),
    ],
  ])("would be found out if it were one that %s", (_bug, merger) => {
    expect(fc.check(agreesWithDiff3(merger), { numRuns: 2_000, endOnFailure: true }).failed).toBe(true);
  });
});
