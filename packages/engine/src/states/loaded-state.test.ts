import { expect, test } from "vitest";
import type { LoadedState, StateVersion } from "./loaded-state.js";
import { updatedState } from "./loaded-state.js";

const at = new Date("2026-11-22T10:00:00Z");
const counted: LoadedState = { version: 4, value: { title: "A" } };
const hashed: LoadedState = { version: { title: "A" } };

const told: readonly (readonly [
  what: string,
  given: StateVersion | LoadedState,
  before: LoadedState | undefined,
  state: object,
])[] = [
  ["a number", 5, counted, { version: 5 }],
  ["a number, where nothing was", 1, undefined, { version: 1 }],
  ["a big number", 5n, counted, { version: 5n }],
  ["a date", at, counted, { version: at }],
  ["a text", '"v5"', counted, { version: '"v5"' }],
  ["a row with a version", { version: 5, title: "B" }, counted, { version: 5 }],
  ["a row with a version, where nothing was", { version: 1, title: "B" }, undefined, { version: 1 }],
  [
    "a whole state",
    { version: 5, value: {}, etag: '"e"', modifiedAt: at },
    counted,
    { version: 5, etag: '"e"', modifiedAt: at },
  ],
  ["a row whose etag is none", { version: 5, etag: "d41d8cd9" }, counted, { version: 5 }],
  ["a row whose modifiedAt is a text", { version: 5, modifiedAt: "2026-11-22" }, counted, { version: 5 }],
  ["a row to hash", { title: "B", version: 7 }, hashed, { version: { title: "B", version: 7 } }],
  ["a row to hash, where nothing was", { title: "B" }, undefined, { version: { title: "B" } }],
  ["a state of a row to hash", { version: { title: "B" }, value: { title: "B" } }, hashed, { version: { title: "B" } }],
  ["a number, where rows are hashed", 5, hashed, { version: 5 }],
];

test.each(told)("updated is told of the new state by %s", (_what, given, before, state) => {
  expect(updatedState(given, before)).toEqual(state);
});

test("a row without a version is a mistake where rows are not hashed: a driver's result, for one", () => {
  for (const given of [
    { title: "B" },
    { rowCount: 1, rows: [] },
    { version: null },
    { version: { a: 1 } },
    [{ version: 5 }],
  ])
    expect(() => updatedState(given, counted)).toThrow(/without a `version`/);
});
