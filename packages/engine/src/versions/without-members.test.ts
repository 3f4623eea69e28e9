import { expect, test } from "vitest";
import { withoutMembers } from "./without-members.js";

test("members and items go, in whichever order they are named, and what is in them with them", () => {
  const value = { a: { b: 1, c: [0, 1, 2, 3] }, d: [[1], [2]], e: null };
  const paths = [["a", "c", "1"], ["a", "c", "3"], ["d", "1", "0"], ["d", "1"], ["e"]];
  const left = { a: { b: 1, c: [0, 2] }, d: [[1]] };
  expect(withoutMembers(value, paths)).toEqual(left);
  expect(withoutMembers(value, paths.toReversed())).toEqual(left);
  expect(value.a.c).toEqual([0, 1, 2, 3]);
});

test("an array of arrays stays one, and what is not there is not missed", () => {
  expect(withoutMembers([[1, 2], [3]], [["0", "0"]])).toEqual([[2], [3]]);
  expect(withoutMembers({ a: 1 }, [["b"], ["a", "b"], ["toString"]])).toEqual({ a: 1 });
  expect(withoutMembers(JSON.parse('{"constructor":{"x":1},"a":1}'), [["constructor"]])).toEqual({ a: 1 });
});
