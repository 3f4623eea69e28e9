import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frozen, json, reversed } from "./arbitrary.test-support.js";
import { diffJson } from "./diff.js";
import { jsonEqual } from "./equal.js";
import { applyJsonPatch } from "./patch.js";
import type { PatchOperation } from "./patch-operation.js";
import { covers, pointerOf } from "./pointer.js";
import { isJsonObject, type Json } from "./value.js";

describe("diffJson", () => {
  test.each<[name: string, from: Json, to: Json, patch: readonly PatchOperation[]]>([
    ["nothing where they are equal", { a: [1, -0], b: 2 }, { b: 2, a: [1, 0] }, []],
    ["the whole where the kinds differ", { a: 1 }, [1], [{ op: "replace", path: "", value: [1] }]],
    [
      "a member that changed",
      { a: { b: 1, c: 2 } },
      { a: { b: 1, c: 3 } },
      [{ op: "replace", path: "/a/c", value: 3 }],
    ],
    [
      "members that went, changed and came, in this order",
      { x: 1, b: 1, a: 1 },
      { z: 2, a: 2, y: 2, b: 1 },
      [
        { op: "remove", path: "/x" },
        { op: "replace", path: "/a", value: 2 },
        { op: "add", path: "/z", value: 2 },
        { op: "add", path: "/y", value: 2 },
      ],
    ],
    [
      "null apart from absent",
      { a: null },
      { b: null },
      [
        { op: "remove", path: "/a" },
        { op: "add", path: "/b", value: null },
      ],
    ],
    ["names escaped", { "a/b": { "~": 1 } }, { "a/b": { "~": 2 } }, [{ op: "replace", path: "/a~1b/~0", value: 2 }]],
    [
      "arrays of one length item by item",
      [1, { a: 1 }, 3],
      [0, { a: 2 }, 3],
      [
        { op: "replace", path: "/0", value: 0 },
        { op: "replace", path: "/1/a", value: 2 },
      ],
    ],
    ["an item at the front", [2, 3], [1, 2, 3], [{ op: "add", path: "/0", value: 1 }]],
    ["an item at the end", { t: [1] }, { t: [1, 2] }, [{ op: "add", path: "/t/1", value: 2 }]],
    ["an item of several alike", [1, 1, 1], [1, 1], [{ op: "remove", path: "/2" }]],
    ["all items", [1], [], [{ op: "remove", path: "/0" }]],
    [
      "an array as a whole where none of its items stays, and that is shorter",
      [1, 2],
      [3, 4],
      [{ op: "replace", path: "", value: [3, 4] }],
    ],
    [
      "the middle of an array: what goes, from its end on, then what comes, and at last what changed",
      [1, 2, 3, 7, 8, 9],
      [1, 4, 7, 5, 8, 6, 9],
      [
        { op: "remove", path: "/2" },
        { op: "add", path: "/3", value: 5 },
        { op: "add", path: "/5", value: 6 },
        { op: "replace", path: "/1", value: 4 },
      ],
    ],
    [
      "the items of an array by their id: those that went, were moved, came and were edited",
      [
        { id: "a", n: 1 },
        { id: "b", n: 1 },
        { id: "c", n: 1 },
        { id: "d", n: 1 },
      ],
      [
        { id: "d", n: 1 },
        { id: "a", n: 1 },
        { id: "e", n: 1 },
        { id: "c", n: 2 },
      ],
      [
        { op: "remove", path: "/1" },
        { op: "move", from: "/2", path: "/0" },
        { op: "add", path: "/2", value: { id: "e", n: 1 } },
        { op: "replace", path: "/3/n", value: 2 },
      ],
    ],
    [
      "an item by its id where it is a number, apart from the text of it",
      [{ id: 1, n: 1 }, { id: "1", n: 1 }, { id: 2 }],
      [{ id: 1, n: 1 }, { id: "1", n: 2 }, { id: 2 }],
      [{ op: "replace", path: "/1/n", value: 2 }],
    ],
    [
      "items as a sequence where two have one id",
      [{ id: 1 }, { id: 1 }, { id: 2 }],
      [{ id: 1 }, { id: 2 }],
      [{ op: "remove", path: "/1" }],
    ],
    [
      "constructor as a whole where it has a prototype",
      { constructor: { prototype: { x: 1 }, y: 1 } },
      { constructor: { prototype: { x: 2 }, y: 1 } },
      [{ op: "replace", path: "/constructor", value: { prototype: { x: 2 }, y: 1 } }],
    ],
  ])("names %s", (_name, from, to, patch) => {
    expect(diffJson(from, to)).toEqual(patch);
  });

  test("keeps its laws, whatever the values are", () => {
    fc.assert(
      fc.property(pairs, ([from, to]) => keepsLaws(diffJson, from, to)),
      { numRuns: 2_000 },
    );
  });

  test.each<[name: string, diff: Diff]>([
    ["forgets what goes", (from, to) => diffJson(from, to).filter(({ op }) => op !== "remove")],
    ["forgets what moves", (from, to) => diffJson(from, to).filter(({ op }) => op !== "move")],
    ["always replaces the whole", (_from, to) => [{ op: "replace", path: "", value: to }]],
    ["replaces what is equal besides", (from, to) => [...diffJson(from, to), ...touchAll(to)]],
    ["adds before it removes", (from, to) => [...diffJson(from, to)].sort((a, b) => a.op.localeCompare(b.op))],
    ["says all of it 300 times", (from, to) => repeated(diffJson(from, to))],
  ])("would be found out if it were one that %s", (_name, diff) => {
    const property = fc.property(pairs, ([from, to]) => keepsLaws(diff, from, to));
    expect(fc.check(property, { numRuns: 2_000, endOnFailure: true }).failed).toBe(true);
  });

  test("needs 6 operations at most for four edits among 20 items, with an id or without", () => {
    const items = Array.from({ length: 20 }, (_, n) => ({ sku: `SKU-00${n}`, quantity: n, price: 10 * n }));
    const keyed = items.map((item, n) => ({ id: n, ...item }));
    const edit = <Item extends Json>(given: readonly Item[], fresh: Item, change: (item: Item) => Item) => {
      const [first, second, third, ...rest] = given;
      if (first === undefined || second === undefined || third === undefined) throw new Error("There are 20.");
      // One is edited, one goes, one is moved, and one comes.
      return [change(first), third, ...rest.slice(0, 9), fresh, ...rest.slice(9), second].filter((_, at) => at !== 5);
    };
    const document = (list: Json) => ({ customer: "Ada", lines: list, note: "Ring twice." });
    expect(JSON.stringify(document(items)).length).toBeGreaterThan(900);
    const fresh = { sku: "NEW", quantity: 1, price: 5 };
    const sequence = edit(items, fresh, (item) => ({ ...item, quantity: 99 }));
    expect(diffJson(document(items), document(sequence)).length).toBeLessThanOrEqual(6);
    const byId = edit(keyed, { id: 99, ...fresh }, (item) => ({ ...item, quantity: 99 }));
    expect(diffJson(document(keyed), document(byId)).map(({ op }) => op)).toEqual(["remove", "move", "add", "replace"]);
  });

  test("gives a patch however short it must be, then of whole members", () => {
    const from = { a: { b: [1, 2, 3], x: 1 }, c: 1, d: { e: 1 } };
    const to = { a: { b: [1, 5, 3], x: 2 }, c: 1, d: { e: 1 }, f: 2 };
    expect(diffJson(from, to, { lengthMax: 100 })).toEqual([
      { op: "replace", path: "/a", value: { b: [1, 5, 3], x: 2 } },
      { op: "add", path: "/f", value: 2 },
    ]);
    fc.assert(
      fc.property(pairs, fc.nat(200), ([some, other], lengthMax) =>
        keepsLaws((a, b) => diffJson(a, b, { lengthMax }), some, other),
      ),
      { numRuns: 500 },
    );
  });

  test("stays about as long as the two values, where many changes lie deep inside", () => {
    const deep = (item: number, count: number): Json => {
      let value: Json = Array.from({ length: count }, (_, n) => (n % 2 === 0 ? item : 0));
      for (let level = 0; level < 60; level += 1) value = { ["k".repeat(100)]: value };
      return value;
    };
    for (const count of [10, 100, 10_000]) {
      const patch = diffJson(deep(1, count), deep(2, count));
      expect(JSON.stringify(patch).length).toBeLessThan(2 * JSON.stringify(deep(2, count)).length);
    }
    const wide = (item: number): Json => ({ a: Array.from({ length: 100_000 }, () => item) });
    expect(diffJson(wide(1), wide(2))).toHaveLength(1);
  });

  test("replaces long arrays in another order as a whole, with an id or without, and aligns few changes", () => {
    const numbers = Array.from({ length: 10_000 }, (_, n) => n);
    const shuffled = numbers.toSorted((a, b) => ((a * 7_919) % 10_007) - ((b * 7_919) % 10_007));
    const asItems = (list: readonly number[]) => list.map((id) => ({ id }));
    expect(diffJson(numbers, shuffled)).toEqual([{ op: "replace", path: "", value: shuffled }]);
    expect(diffJson(asItems(numbers), asItems(shuffled))).toHaveLength(1);
    const few = numbers.map((n) => n % 2).toSpliced(5_000, 3, 7, 8);
    expect(
      diffJson(
        numbers.map((n) => n % 2),
        few,
      ),
    ).toHaveLength(3);
    const letters = (from: number) => numbers.map((n) => ((n * n + from * n) % 7) % 3);
    expect(diffJson(letters(1), letters(2)).length).toBeLessThan(10_001);
  });

  test("walks no value of a deep one twice for each level", () => {
    let [from, to]: [Json, Json] = [1, 2];
    for (let level = 0; level < 60; level += 1)
      [from, to] = [
        [from, 0, level],
        [0, to, level + 1],
      ];
    expect(diffJson(from, to).length).toBeGreaterThan(0);
  });
});

type Diff = (from: Json, to: Json) => readonly PatchOperation[];

const limitless = { operationsMax: Number.POSITIVE_INFINITY, bytesMax: Number.POSITIVE_INFINITY };

/** Two values, mostly of much in common: lists with an `id` in their items among them. */
const keyed: fc.Arbitrary<Json> = fc
  .uniqueArray(
    fc.record({ id: fc.constantFrom<string | number>("a", "b", "c", "d", 1, "1", 2), v: fc.nat(2), w: json }),
    { selector: ({ id }) => id, maxLength: 7 },
  )
  .map((items) => ({ items }));
const lists: fc.Arbitrary<Json> = fc.array(fc.constantFrom<Json>(0, 1, 2, { a: 1 }, [1, 2], "x"), { maxLength: 9 });
const pairs: fc.Arbitrary<readonly [Json, Json]> = fc.oneof(
  fc.tuple(json, json),
  fc.tuple(keyed, keyed),
  fc.tuple(lists, lists),
);

/** A patch that replaces each member of an object by what it is already. */
function touchAll(value: Json): PatchOperation[] {
  return isJsonObject(value)
    ? Object.entries(value).map(([name, member]) => ({ op: "replace", path: pointerOf([name]), value: member }))
    : [{ op: "replace", path: "", value }];
}

/** Replacements, over and over: they do no harm, but that there is no end of them. */
function repeated(patch: readonly PatchOperation[]): readonly PatchOperation[] {
  return patch.every(({ op }) => op === "replace") ? Array.from({ length: 300 }, () => patch).flat() : patch;
}

function keepsLaws(diff: Diff, from: Json, to: Json): void {
  const patch = diff(frozen(from), frozen(to));
  const result = applyJsonPatch(from, patch, limitless);
  if (result.kind !== "patched") throw new Error(JSON.stringify({ patch, result }));
  expect(jsonEqual(result.value, to)).toBe(true);
  expect(patch.length > 0).toBe(!jsonEqual(from, to));
  expect(diff(from, reversed(from))).toEqual([]);
  expect(equalMembers(from, to).filter((member) => patch.some(({ path }) => covers(path, member)))).toEqual([]);
  expect(JSON.stringify(patch).length).toBeLessThan(4_096 + 2 * JSON.stringify([from, to]).length);
}

/** The members that two objects, and objects in them, have in common. */
function equalMembers(from: Json, to: Json, path: readonly string[] = []): readonly string[] {
  if (!isJsonObject(from) || !isJsonObject(to) || path.includes("constructor")) return [];
  return Object.entries(from).flatMap(([name, before]) => {
    const after = Object.hasOwn(to, name) ? to[name] : undefined;
    if (after === undefined) return [];
    return jsonEqual(before, after) ? pointerOf([...path, name]) : equalMembers(before, after, [...path, name]);
  });
}
