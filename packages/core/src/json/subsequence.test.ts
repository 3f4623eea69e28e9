import fc from "fast-check";
import { expect, test } from "vitest";
import { commonSubsequence } from "./subsequence.js";

/** The length of a longest common subsequence, by comparing each with each. */
function lengthOf(from: readonly number[], to: readonly number[]): number {
  let row = new Array<number>(to.length + 1).fill(0);
  for (const a of from) {
    const next = [0];
    for (const [at, b] of to.entries())
      next.push(a === b ? (row[at] ?? 0) + 1 : Math.max(row[at + 1] ?? 0, next[at] ?? 0));
    row = next;
  }
  return row[to.length] ?? 0;
}

const lists = fc.array(fc.nat(4), { maxLength: 14 });

test("a common subsequence is one of both lists, in order, and a longest", () => {
  fc.assert(
    fc.property(lists, lists, (from, to) => {
      const pairs = commonSubsequence(from, to, { left: 10_000 });
      expect(pairs.map(([x]) => from[x])).toEqual(pairs.map(([, y]) => to[y]));
      for (const [at, [x, y]] of pairs.entries()) {
        const [beforeX, beforeY] = pairs[at - 1] ?? [-1, -1];
        expect(x > beforeX && y > beforeY).toBe(true);
      }
      expect(pairs).toHaveLength(lengthOf(from, to));
    }),
    { numRuns: 2_000 },
  );
});

test("it is given up where it takes more steps than are left, and those are used up once for all", () => {
  const some = Array.from({ length: 10_000 }, (_, n) => (n * n) % 7);
  const other = Array.from({ length: 10_000 }, (_, n) => (n * n * n) % 5);
  const steps = { left: 300_000 };
  expect(commonSubsequence(some, other, steps)).toEqual([]);
  expect(steps.left).toBeLessThan(0);
  expect(steps.left).toBeGreaterThan(-20_000);
});

test("numbers that stand in one list alone cost nothing", () => {
  const from = Array.from({ length: 10_000 }, (_, n) => n);
  const to = from.map((n) => (n % 2 === 0 ? n : n + 100_000));
  const steps = { left: 10_000 };
  expect(commonSubsequence(from, to, steps)).toHaveLength(5_000);
  expect(steps.left).toBeGreaterThan(4_000);
});
