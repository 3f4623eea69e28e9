import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frozen } from "../json/arbitrary.test-support.js";
import { canonicalJson } from "../json/canonical.js";
import type { Json } from "../json/value.js";
import { bugs, type Merger } from "./bugs.test-support.js";
import { type Versions, versions } from "./edits.test-support.js";
import { containersOf, lostChanges } from "./laws.test-support.js";
import { type Merge, merge } from "./merge.js";
import type { MergeOptions } from "./options.js";

/** Throws where a merger breaks the law for these three. */
type Law = (merger: Merger, versions: Versions) => void;

const clean = (value: Json): Merge => ({ value, clashes: [] });

function expectSame(merged: Merge, expected: Merge): void {
  expect(merged.clashes).toEqual(expected.clashes);
  expect(canonicalJson(merged.value)).toBe(canonicalJson(expected.value));
}

/** Policies that a merge asks where both sides changed something. `mine`, `theirs` and functions take a side. */
const policies: MergeOptions["policies"] = {
  "/n": "sum",
  "/a": "max",
  "/b/*": "min",
  "/list": "union",
  "/items/*/v": "max",
};

const laws = {
  "merging nothing changes nothing": (merger, { base, mine, theirs }) => {
    for (const options of [{}, { policies }, { together: [["/a", "/n"], ["/b"]] }]) {
      expectSame(merger(base, mine, base, options), clean(mine));
      expectSame(merger(base, base, theirs, options), clean(theirs));
    }
  },
  "equal changes merge to themselves": (merger, { base, mine }) => {
    for (const options of [
      {},
      { policies: { ...policies, "/n": "reject" } },
      { together: [["/a", "/n"], ["/b"]] },
    ] as const) {
      expectSame(merger(base, mine, structuredClone(mine), options), clean(mine));
    }
  },
  "clean merges commute": (merger, { base, mine, theirs }) => {
    for (const options of [
      {},
      { policies: { ...policies, "/list": "reject" } },
      { together: [["/a", "/n"]] },
    ] as const) {
      const merged = merger(base, mine, theirs, options);
      const other = merger(base, theirs, mine, options);
      if (merged.clashes.length === 0) expectSame(other, merged);
      else expect(other.clashes.length).toBeGreaterThan(0);
    }
  },
  "a merged value holds every change that is not reported as clashing": (merger, { base, mine, theirs }) => {
    expect(lostChanges(base, mine, theirs, merger(base, mine, theirs))).toEqual([]);
  },
  "the result never shares structure with its inputs": (merger, { base, mine, theirs }) => {
    const given = new Set([base, mine, theirs].flatMap(containersOf));
    const { value, clashes } = merger(base, mine, theirs, { policies: { "/a": "mine", "/b": "theirs" } });
    const shown = clashes.flatMap((each) => [each.base ?? null, each.mine ?? null, each.theirs ?? null]);
    const made = [value, ...shown].flatMap(containersOf);
    expect(made.filter((each) => given.has(each))).toEqual([]);
    expect(new Set(made).size).toBe(made.length);
  },
} satisfies Record<string, Law>;

function property(law: Law, merger: Merger): fc.IPropertyWithHooks<[Versions]> {
  return fc.property(versions, ({ base, mine, theirs }) =>
    law(merger, { base: frozen(base), mine: frozen(mine), theirs: frozen(theirs) }),
  );
}

describe("merge keeps the law that", () => {
  test.each(Object.entries<Law>(laws))("%s", (_name, law) => {
    fc.assert(property(law, merge), { numRuns: 2_000 });
  });
});

const holds = "a merged value holds every change that is not reported as clashing";

describe("the laws find out a merge that", () => {
  test.each<[bug: keyof typeof bugs, law: keyof typeof laws]>([
    ["forgets mine", "merging nothing changes nothing"],
    ["takes null for absent", "merging nothing changes nothing"],
    ["puts in twice what both put in", "equal changes merge to themselves"],
    ["clashes wherever both changed something", "equal changes merge to themselves"],
    ["puts what mine added first", "clean merges commute"],
    ["lets mine win", "clean merges commute"],
    ["lets theirs win", holds],
    ["reports no clash", holds],
    ["keeps the order of theirs", holds],
    ["brings back what one side took out", holds],
    ["holds mine where it clashes", holds],
    ["takes a number for its text", holds],
    ["gives parts of theirs", "the result never shares structure with its inputs"],
    ["shows parts of mine", "the result never shares structure with its inputs"],
  ])("%s: it breaks that %s", (bug, law) => {
    expect(fc.check(property(laws[law], bugs[bug]), { numRuns: 50_000, endOnFailure: true }).failed).toBe(true);
  });
});
