import { expect, test } from "vitest";
import type { Write } from "./port.js";
import { type HolderOf, uniqueClashes } from "./unique-clashes.js";

const held: ReadonlyMap<string, string> = new Map([
  ["x", "a/1"],
  ["y", "a/2"],
]);
const holderOf: HolderOf = ({ value }, released) => {
  const holder = held.get(value);
  return holder === undefined || released.has(holder) ? undefined : holder;
};

function put(key: string, ...values: readonly string[]): Write {
  return { key, expect: "any", put: "{}", index: values.map((value) => ({ name: "n", value, unique: true })) };
}

const rows: readonly (readonly [name: string, writes: readonly Write[], clashes: readonly unknown[]])[] = [
  ["a free value", [put("a/3", "z")], []],
  ["a value of its own", [put("a/1", "x")], []],
  ["another's value", [put("a/3", "x", "z")], [{ index: "n", value: "x", key: "a/3", holder: "a/1" }]],
  ["a swap", [put("a/1", "y"), put("a/2", "x")], []],
  [
    "a value given up by a deletion later in the commit",
    [put("a/3", "x"), { key: "a/1", expect: "any", delete: "forget" }],
    [],
  ],
  [
    "a value whose holder is only extended",
    [put("a/3", "x"), { key: "a/1", expect: "any", extendMs: 1 }],
    [{ index: "n", value: "x", key: "a/3", holder: "a/1" }],
  ],
  [
    "one value twice in a commit",
    [put("a/3", "z"), put("a/4", "z")],
    [{ index: "n", value: "z", key: "a/4", holder: "a/3" }],
  ],
  ["one value twice in a record", [put("a/3", "z", "z")], []],
  ["a value that is not unique", [{ key: "a/3", expect: "any", put: "{}", index: [{ name: "n", value: "x" }] }], []],
];

test.each(rows)("%s", (_, writes, clashes) => {
  expect(uniqueClashes(writes, holderOf)).toEqual(clashes);
});
