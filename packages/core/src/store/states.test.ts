import { expect, test } from "vitest";
import { keptPastOf, modifiedAtOver } from "./states.js";

test.each([
  [undefined, { count: null, ageMs: null }],
  ["all", { count: null, ageMs: null }],
  ["none", { count: 0, ageMs: null }],
  [{ count: 3 }, { count: 3, ageMs: null }],
  [{ ageMs: 5 }, { count: 0, ageMs: 5 }],
  [
    { count: 3, ageMs: 5 },
    { count: 3, ageMs: 5 },
  ],
] as const)("the retention %j keeps %j", (retention, kept) => {
  expect(keptPastOf(retention)).toEqual(kept);
});

test.each([
  [undefined, 7, 7],
  [3, 7, 7],
  [7, 7, 8],
  [9, 7, 10],
])("over a state of %j, a commit at %i writes one of %i", (modifiedAt, at, written) => {
  expect(modifiedAtOver(modifiedAt === undefined ? undefined : { modifiedAt }, { at })).toBe(written);
});
