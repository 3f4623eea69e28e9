import { afterEach, describe, expect, test } from "vitest";
import { expectPrototypesUntouched, frozen } from "../json/arbitrary.test-support.js";
import { canonicalJson } from "../json/canonical.js";
import type { Json } from "../json/value.js";
import { groupCases } from "./cases/groups.test-support.js";
import { itemCases, unnamedItemCases } from "./cases/items.test-support.js";
import { kindCases } from "./cases/kinds.test-support.js";
import { memberCases } from "./cases/members.test-support.js";
import { moveCases } from "./cases/moves.test-support.js";
import { nestedCases } from "./cases/nested.test-support.js";
import { policyCases } from "./cases/policies.test-support.js";
import { sequenceCases } from "./cases/sequences.test-support.js";
import { textCases } from "./cases/texts.test-support.js";
import { merge } from "./merge.js";
import { prepareMerge } from "./options.js";

afterEach(expectPrototypesUntouched);

const themes = {
  members: memberCases,
  kinds: kindCases,
  "objects in objects": nestedCases,
  "items with an id": itemCases,
  "items of which one has no id": unnamedItemCases,
  moves: moveCases,
  sequences: sequenceCases,
  texts: textCases,
  policies: policyCases,
  groups: groupCases,
};

describe.each(Object.entries(themes))("merge, %s", (_theme, cases) => {
  test.each(cases)("$name", ({ base, mine, theirs, merged, clashes, options }) => {
    const result = merge(frozen(base), frozen(mine), frozen(theirs), options);
    expect(canonicalJson(result.value)).toBe(canonicalJson(merged));
    expect(result.clashes.map(({ path }) => path)).toEqual(clashes);
  });
});

describe("merge", () => {
  test("shows each clash with what the sides have, and leaves out those that have nothing", () => {
    const { clashes } = merge({ a: 1, b: null }, { a: 2 }, { a: 3, b: 0, c: 1 });
    expect(clashes).toEqual([
      { path: "/a", base: 1, mine: 2, theirs: 3 },
      { path: "/b", base: null, theirs: 0 },
    ]);
  });

  test("refuses a policy that gives a promise, and nobody hears of its rejection", async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown): unknown => unhandled.push(reason);
    process.on("unhandledRejection", listener);
    // What a program in JavaScript may hand over.
    const policy: () => Json = Object.assign(() => Promise.reject(new Error("late")));
    expect(() => merge({ a: 1 }, { a: 2 }, { a: 3 }, { policies: { "/a": policy } })).toThrow("returned a promise");
    await new Promise((resolve) => setTimeout(resolve));
    process.off("unhandledRejection", listener);
    expect(unhandled).toEqual([]);
  });

  test("takes prepared options, time and again", () => {
    const prepared = prepareMerge({ policies: { "/n": "sum" } });
    for (const n of [1, 2]) expect(merge({ n }, { n: n + 1 }, { n: n + 2 }, prepared).value).toEqual({ n: n + 3 });
  });
});
