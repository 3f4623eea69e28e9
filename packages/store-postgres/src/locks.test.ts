import type { Reading, Write } from "@unclash/core/store";
import { expect, test } from "vitest";
import { LockNumbers } from "./locks.js";

const numbers = new LockNumbers("unclash");

test("the numbers are the same in every release: processes of two releases must meet at them", () => {
  expect([numbers.store, numbers.migration, numbers.cleaning, numbers.events]).toEqual([
    4503604391666510, 4503606373134086, 4503603488139332, 705284661,
  ]);
  expect([numbers.key("articles/1"), numbers.parent("articles/"), numbers.value("email", "a@b.c")]).toEqual([
    8905954236334060, 6556899635582930, 7553927741038248,
  ]);
});

test("the numbers are even, and stand between 2^52 and 2^53, far from what apps use", () => {
  for (let n = 0; n < 1_000; n++) {
    const number = numbers.key(`articles/${n}`);
    expect(number % 2).toBe(0);
    expect(number).toBeGreaterThanOrEqual(2 ** 52);
    expect(number).toBeLessThan(2 ** 53);
  }
});

test("keys, parents and values of one name, and schemas, have numbers of their own", () => {
  const other = new LockNumbers("other");
  const named = [numbers.key("a"), numbers.parent("a"), numbers.value("a", ""), numbers.value("", "a"), other.key("a")];
  expect(new Set(named).size).toBe(named.length);
  expect(other.events).not.toBe(numbers.events);
});

test("100,000 keys share no number", () => {
  const keys = Array.from({ length: 100_000 }, (_, n) => numbers.key(`articles/${n}`));
  expect(new Set(keys).size).toBe(keys.length);
});

test("a write locks its key against all, and its parent and what was read together with others", () => {
  const reads: Reading[] = [{ key: "lock/a/1", expect: "absent" }];
  const locks = numbers.of({ reads, writes: [{ key: "a/1", expect: "any", put: "{}" }] });
  expect(locks[0]).toBe(numbers.store);
  const expected = [numbers.key("a/1") + 1, numbers.parent("a/"), numbers.key("lock/a/1")];
  expect(locks.slice(1)).toEqual(expected.sort((a, b) => a - b));
});

test("a range that is read is locked against all who write into it", () => {
  const reads: Reading[] = [{ range: { prefix: "a/", limit: 1 }, seen: [] }];
  expect(numbers.of({ reads, writes: [] })).toEqual([numbers.store, numbers.parent("a/") + 1]);
});

test("what is read and written is locked once, in the stronger way", () => {
  const reads: Reading[] = [
    { key: "a/1", expect: "present" },
    { range: { prefix: "a/", limit: 1 }, seen: [] },
  ];
  const locks = numbers.of({ reads, writes: [{ key: "a/1", expect: "any", put: "{}" }] });
  const expected = [numbers.key("a/1") + 1, numbers.parent("a/") + 1];
  expect(locks.slice(1)).toEqual(expected.sort((a, b) => a - b));
});

test("a renewal leaves its parent alone, and a unique value is locked against all", () => {
  const index = [
    { name: "n", value: "x", unique: true },
    { name: "m", value: "y" },
  ];
  expect(numbers.of({ reads: [], writes: [{ key: "a/1", expect: "any", extendMs: 1 }] })).toHaveLength(2);
  const locks = numbers.of({ reads: [], writes: [{ key: "a/1", expect: "any", put: "{}", index }] });
  expect(locks).toContain(numbers.value("n", "x") + 1);
  expect(locks).toHaveLength(4);
});

test("a commit of very many locks takes the store's own for itself, in place of them", () => {
  const writes = (count: number): Write[] =>
    Array.from({ length: count }, (_, n) => ({ key: `a/${n}`, expect: "any", put: "{}" }));
  expect(numbers.of({ reads: [], writes: writes(199) })).toHaveLength(201);
  expect(numbers.of({ reads: [], writes: writes(200) })).toEqual([numbers.store + 1]);
});
