import { describe, expect, test } from "vitest";
import type { Json } from "../json/value.js";
import { merge } from "./merge.js";

const numbers = (count: number, from = 0): number[] => Array.from({ length: count }, (_, n) => from + n);
const items = (count: number, from = 0): { id: number; v?: number }[] => numbers(count, from).map((id) => ({ id }));
const lines = (count: number): string[] => numbers(count).map((n) => `line ${n}`);

/** The paths that clash, and whether the result is theirs. */
function outcome(base: Json, mine: Json, theirs: Json, policies = {}): readonly unknown[] {
  const { value, clashes } = merge(base, mine, theirs, { policies });
  return [...clashes.map(({ path }) => path), JSON.stringify(value) === JSON.stringify(theirs) ? "theirs" : "merged"];
}

describe("merge, at its limits", () => {
  test("looks into 10,000 items with an id, and takes 10,001 for one value", () => {
    for (const [count, expected] of [
      [10_000, ["merged"]],
      [10_001, ["", "theirs"]],
    ] as const) {
      const edited = (at: number) => items(count).map((item, index) => (index === at ? { ...item, v: 1 } : item));
      expect(outcome(items(count), edited(0), edited(9_999))).toEqual(expected);
    }
  });

  test("looks into 10,000 items without an id, and takes 10,001 for one value", () => {
    for (const [count, expected] of [
      [10_000, ["merged"]],
      [10_001, ["", "theirs"]],
    ] as const) {
      expect(outcome(numbers(count), numbers(count).with(0, -1), numbers(count).with(9_999, -2))).toEqual(expected);
    }
  });

  test("counts the items of each side", () => {
    expect(outcome(items(1), items(10_001), items(2))).toEqual(["", "theirs"]);
    expect(outcome(items(1), items(2), items(10_001))).toEqual(["", "theirs"]);
  });

  test("takes what one side alone changed, however long it is", () => {
    expect(outcome(items(1), items(1), items(10_001))).toEqual(["theirs"]);
    expect(outcome(numbers(20_000), numbers(20_001), numbers(20_000))).toEqual(["merged"]);
  });

  test("looks into 2,000 lines, and takes 2,001 for one value", () => {
    for (const [count, expected] of [
      [2_000, ["merged"]],
      [2_001, ["", "theirs"]],
    ] as const) {
      const [base, mine, theirs] = [lines(count), lines(count).with(0, "x"), lines(count).with(1_999, "y")];
      const texts = [base, mine, theirs].map((each) => each.join("\n")) as [string, string, string];
      expect(outcome(...texts, { "": "text" })).toEqual(expected);
    }
  });

  test("has limits that can be set", () => {
    const limits = { itemsMax: 2, linesMax: 2 };
    expect(merge(items(1), items(2), items(1, 1), { limits }).clashes).toEqual([]);
    expect(merge(items(1), items(3), items(1, 1), { limits }).clashes).toHaveLength(1);
    const options = { limits, policies: { "": "text" } } as const;
    expect(merge("a\nb", "A\nb", "a\nb", options).clashes).toEqual([]);
    expect(merge("a\n\nb", "A\n\nb", "a\n\nB", options).clashes).toHaveLength(1);
  });

  test("merges items by their id in any order, 10,000 of them", () => {
    const all = items(9_999);
    const shuffled = all.toSorted((a, b) => ((a.id * 7_919) % 10_007) - ((b.id * 7_919) % 10_007));
    expect(outcome(all, shuffled, [...all, { id: -1 }])).toEqual(["merged"]);
    expect(outcome(all, shuffled, all.toReversed())).toEqual(["", "theirs"]);
    expect(outcome([], items(5_000), items(5_000, 5_000))).toEqual(["merged"]);
  });

  test("takes sequences and texts that differ too much for an alignment for one value", () => {
    const digits = (seed: number) => numbers(10_000).map((n) => ((n * n + seed * n) % 7) % 2);
    expect(outcome(digits(0), digits(1), digits(2))).toEqual(["", "theirs"]);
    const text = (seed: number) => digits(seed).slice(0, 2_000).join("\n");
    expect(outcome(text(0), text(1), text(2), { "": "text" })).toEqual(["", "theirs"]);
  });

  test("aligns no more in many arrays than in one", () => {
    const digits = (seed: number) => numbers(1_000).map((n) => ((n * n + seed * n) % 7) % 2);
    const arrays = (seed: number) => numbers(50).map((n) => [...digits(seed), n]);
    const named = (lists: readonly Json[]) => Object.fromEntries(lists.map((list, n) => [`list${n}`, list]));
    const { clashes } = merge(named(arrays(0)), named(arrays(1)), named(arrays(2)));
    expect(clashes).toHaveLength(50);
  });

  test("walks no value of a deep one twice for each level", () => {
    let [base, mine, theirs]: [Json, Json, Json] = [1, 2, 3];
    for (let level = 0; level < 60; level += 1) {
      [base, mine, theirs] = [
        { a: base, b: [level] },
        { b: [level, 1], a: mine },
        { a: theirs, b: [-1, level] },
      ];
    }
    expect(merge(base, mine, theirs).clashes.length).toBe(1);
  });
});
