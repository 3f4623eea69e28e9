import { expect, test } from "vitest";
import { type ComparedState, isMet } from "./expectation.js";
import type { Expectation } from "./port.js";

const now = 1_000;

// The same states as memory holds them and as a table does.
const states: Readonly<Record<string, readonly (ComparedState | undefined)[]>> = {
  nothing: [undefined],
  alive: [{ tag: "t" }, { tag: "t", lapsesAt: now + 1 }, { tag: "t", deleted: 0, lapsesAt: null }],
  lapsed: [
    { tag: "t", lapsesAt: now },
    { tag: "t", deleted: 0, lapsesAt: now - 1 },
  ],
  tombstone: [
    { tag: "t", deleted: true },
    { tag: "t", deleted: 1, lapsesAt: null },
  ],
};

test.each<[Expectation, readonly string[]]>([
  ["any", ["nothing", "alive", "lapsed", "tombstone"]],
  ["absent", ["nothing"]],
  ["present", ["alive"]],
  [{ tag: "t" }, ["alive"]],
  [{ tag: "u" }, []],
  [{ gone: "t" }, ["tombstone"]],
  [{ gone: "u" }, []],
  [{ lapsed: "t" }, ["lapsed"]],
  [{ lapsed: "u" }, []],
])("%j is met by %j alone", (expected, met) => {
  const found = Object.keys(states).filter((name) => {
    const results = new Set(states[name]?.map((state) => isMet(expected, state, now)));
    expect(results.size).toBe(1);
    return results.has(true);
  });
  expect(found).toEqual(met);
});
