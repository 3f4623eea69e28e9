import { expect, test } from "vitest";
import type { Loaded, LoadedState, StateVersion } from "./loaded-state.js";
import { stateOf, updatedState } from "./loaded-state.js";

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

const loaded: readonly (readonly [what: string, given: Loaded, state: LoadedState])[] = [
  ["a state", { version: 4, value: "A", by: "alice" }, { version: 4, value: "A", by: "alice" }],
  [
    "a state without a value, with what is known of it",
    { version: 4, modifiedAt: 5, by: "alice" },
    { version: 4, modifiedAt: 5, by: "alice", value: { version: 4, modifiedAt: 5, by: "alice" } },
  ],
  ["a row", Object({ version: 4, title: "A" }), { version: 4, value: { version: 4, title: "A" } }],
  [
    "a row with a time of its own, and the tag of a file",
    Object({ version: 4, title: "A", modifiedAt: at, etag: '"e"' }),
    { version: 4, modifiedAt: at, value: { version: 4, title: "A", modifiedAt: at, etag: '"e"' } },
  ],
  [
    "a row whose columns only look like that",
    Object({ version: 4, title: "A", modifiedAt: 5, etag: "d41d8cd9", by: "alice" }),
    { version: 4, value: { version: 4, title: "A", modifiedAt: 5, etag: "d41d8cd9", by: "alice" } },
  ],
];

test.each(loaded)("load gives %s", (_what, given, state) => {
  expect(stateOf(given, (problem) => new Error(problem))).toEqual(state);
});

test("load gives what is neither a row nor a state, or may be both", () => {
  const given: readonly (readonly [given: unknown, says: string])[] = [
    [7, "gave 7: it must give a row with a `version`"],
    [false, "gave false"],
    [[{ version: 4 }], "gave an array of 1: it must give one row, such as rows[0]"],
    [{ version: 4, value: "on", name: "light" }, "gave an object with `value` and `name`"],
  ];
  for (const [what, says] of given)
    expect(() => Reflect.apply(stateOf, undefined, [what, (problem: string) => new Error(problem)])).toThrow(says);
});

test("a row of getters alone is a row", () => {
  class Row {
    readonly #version = 3;
    get version(): number {
      return this.#version;
    }
    get etag(): string {
      return '"e"';
    }
  }
  const row = new Row();
  // Its `etag` is a column of the app's own, as that of any row.
  expect(stateOf(row, () => new Error("fault"))).toEqual({ version: 3, value: row });
});
