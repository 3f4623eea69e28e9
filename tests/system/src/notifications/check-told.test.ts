import { expect, test } from "vitest";
import { faultsInTold, type Told, type WrittenVersion } from "./check-told.js";

const written: readonly WrittenVersion[] = ["a", "b"].flatMap((resource) =>
  [1, 2, 3].map((version) => ({ resource, version, etag: `${version}-${resource}` })),
);
const whole: readonly Told[] = written.map((each) => ({ kind: "change", id: `at ${each.etag}`, ...each }));

function without(at: number): readonly Told[] {
  return whole.filter((_, index) => index !== at);
}

test("a follower that is told of every version once, in order, has nothing wrong", () => {
  const mixed = [0, 3, 1, 4, 5, 2].flatMap((at) => whole[at] ?? []);
  expect(faultsInTold(written, [whole, mixed])).toEqual([]);
});

test.each<[string, readonly Told[], RegExp]>([
  ["misses the first", without(0), /a 2 came behind 0/],
  ["misses one between others", without(1), /a 3 came behind 1/],
  ["misses the last", without(5), /of b it was told up to 2, of 3/],
  ["is told of one twice", [...whole.slice(0, 2), ...whole.slice(1)], /a 2 came behind 2/],
  ["is told in another order", [0, 2, 1, 3, 4, 5].flatMap((at) => whole[at] ?? []), /a 3 came behind 1/],
  [
    "is told of a write that was refused",
    [...whole, { kind: "change", id: "x", resource: "b", version: 4, etag: "4-x" }],
    /b 4 was never written/,
  ],
  [
    "is told of another state",
    whole.map((each, at) => (at === 4 ? { ...each, etag: "2-x" } : each)),
    /b 2 is 2-b, and was told as 2-x/,
  ],
  ["is reset", [...whole, { kind: "reset" }], /may have missed something/],
])("a follower is found out that %s", (_, told, fault) => {
  expect(faultsInTold(written, [whole, told]).join("\n")).toMatch(fault);
});

test("two ids of one event are found out", () => {
  const other = whole.map((each, at) => (at === 2 ? { ...each, id: "another" } : each));
  expect(faultsInTold(written, [whole, other])).toEqual(["Follower 1: a 3 was told as another, and as at 3-a."]);
});
