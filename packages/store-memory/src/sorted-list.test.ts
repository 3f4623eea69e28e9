import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SortedList } from "./sorted-list.js";

const ascending = (a: number, b: number): number => a - b;

describe("SortedList", () => {
  it("holds what a sorted array would, after any additions and deletions", () => {
    const step = fc.record({ add: fc.boolean(), item: fc.integer({ min: 0, max: 60 }) });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 200 }),
        fc.integer({ min: -1, max: 61 }),
        fc.nat(70),
        (steps, place, limit) => {
          const list = new SortedList<number, number>(ascending);
          const model = new Set<number>();
          for (const { add, item } of steps) {
            if (add) list.add(item);
            else list.delete(item);
            if (add) model.add(item);
            else model.delete(item);
          }
          const expected = [...model].filter((item) => item > place).sort(ascending);
          expect(list.after(place, limit)).toEqual(expected.slice(0, limit));
          const below = [...model].filter((item) => item < place).sort(ascending);
          expect(list.before(place, limit)).toEqual(below.toReversed().slice(0, limit));
          expect(list.isEmpty).toBe(model.size === 0);
        },
      ),
    );
  });

  it.each(["ascending", "descending", "scattered"])("stays in order over many chunks, added in %s order", (order) => {
    const list = new SortedList<number, number>(ascending);
    const size = 10_007;
    const nth = (n: number): number =>
      order === "ascending" ? n : order === "descending" ? size - 1 - n : (n * 7_919) % size;
    for (let n = 0; n < size; n++) list.add(nth(n));
    expect(list.after(-1, size + 1)).toEqual(Array.from({ length: size }, (_, n) => n));
    for (const place of [0, 255, 256, 511, 512, 513, 5_000, size - 2]) expect(list.after(place, 2)[0]).toBe(place + 1);
    expect(list.before(size, size + 1)).toEqual(Array.from({ length: size }, (_, n) => size - 1 - n));
    for (const place of [1, 255, 256, 511, 512, 513, 5_000, size]) expect(list.before(place, 2)[0]).toBe(place - 1);
    for (let n = 0; n < size; n += 2) list.delete(n);
    expect(list.after(5_000, 3)).toEqual([5_001, 5_003, 5_005]);
    for (let n = 1; n < size; n += 2) list.delete(n);
    expect(list.isEmpty).toBe(true);
    expect(list.after(-1, 1)).toEqual([]);
  });

  it("stops at the first item that is not within bounds", () => {
    const list = new SortedList<number, number>(ascending);
    for (const item of [1, 2, 3, 4]) list.add(item);
    expect(list.after(1, 10, (item) => item < 4)).toEqual([2, 3]);
    expect(list.after(1, 1, (item) => item < 4)).toEqual([2]);
    expect(list.before(4, 10, (item) => item > 1)).toEqual([3, 2]);
    expect(list.before(4, 1, (item) => item > 1)).toEqual([3]);
    expect(list.before(1, 10)).toEqual([]);
  });

  it("replaces an item by one that has the same place", () => {
    const list = new SortedList<{ readonly place: number }, { readonly place: number; readonly name: string }>(
      (a, b) => a.place - b.place,
    );
    list.add({ place: 1, name: "old" });
    list.add({ place: 1, name: "new" });
    expect(list.after({ place: 0 }, 10)).toEqual([{ place: 1, name: "new" }]);
  });

  it("leaves everything in place when it deletes what it does not hold", () => {
    const list = new SortedList<number, number>(ascending);
    list.delete(1);
    list.add(2);
    list.delete(1);
    list.delete(3);
    expect(list.after(0, 10)).toEqual([2]);
  });
});
