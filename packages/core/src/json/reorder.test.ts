import fc from "fast-check";
import { expect, test } from "vitest";
import { reorder } from "./reorder.js";

function moved(order: readonly number[]): readonly number[] {
  const items = order.map((_, index) => index);
  for (const { from, to } of reorder(order)) items.splice(to, 0, ...items.splice(from, 1));
  return items;
}

/** How many items can stay: the length of the longest rise, by comparing each with each. */
function stayingOf(order: readonly number[]): number {
  const lengths: number[] = [];
  for (const [at, value] of order.entries()) {
    lengths.push(1 + Math.max(0, ...lengths.filter((_, before) => (order[before] ?? 0) < value && before < at)));
  }
  return Math.max(0, ...lengths);
}

const orders = fc.nat(12).chain((length) => {
  const items = Array.from({ length }, (_, index) => index);
  return fc.shuffledSubarray(items, { minLength: length, maxLength: length });
});

test("moves bring items into the order, and are as few as can be", () => {
  fc.assert(
    fc.property(orders, (order) => {
      expect(moved(order)).toEqual(order);
      expect(reorder(order)).toHaveLength(order.length - stayingOf(order));
    }),
    { numRuns: 1_000 },
  );
});

test("100,000 items in the reverse order take a moment", () => {
  const order = Array.from({ length: 100_000 }, (_, index) => 99_999 - index);
  const shifts = reorder(order);
  expect(shifts).toHaveLength(99_999);
  expect(shifts.every(({ from, to }) => from !== to)).toBe(true);
});
