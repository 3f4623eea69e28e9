import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { json, objectOf } from "./arbitrary.test-support.js";
import { diffJson } from "./diff.js";
import { jsonEqual } from "./equal.js";
import { applyJsonPatch } from "./patch.js";
import type { PatchOperation } from "./patch-operation.js";
import { covers } from "./pointer.js";
import { conflictingPointers } from "./touched.js";
import type { Json } from "./value.js";

const replace = (...paths: string[]): PatchOperation[] => paths.map((path) => ({ op: "replace", path, value: 0 }));
const add = (path: string): PatchOperation => ({ op: "add", path, value: 0 });

describe("conflictingPointers", () => {
  test.each<[name: string, theirs: PatchOperation[], mine: PatchOperation[], pointers: string[]]>([
    ["nothing where each changes its own", replace("/a", "/b/c"), replace("/d", "/b/d", "/ab"), []],
    ["what both change", replace("/a", "/b"), replace("/b", "/c"), ["/b"]],
    ["their part of what mine changes", replace("/a/b", "/a/c", "/d"), replace("/a"), ["/a/b", "/a/c"]],
    ["what they changed of which mine changes a part", replace("/a"), replace("/a/b/c"), ["/a"]],
    ["each place once, in their order", replace("/b", "/a", "/b"), replace(""), ["/b", "/a"]],
    ["the array into which they put an item", [add("/tags/0")], replace("/tags/3"), ["/tags"]],
    ["the array into which both put an item", [add("/tags/0")], [add("/tags/-")], ["/tags"]],
    [
      "their change of an item where mine takes one out",
      replace("/tags/3/name"),
      [{ op: "remove", path: "/tags/0" }],
      ["/tags/3/name"],
    ],
    ["nothing where they put an item elsewhere", [add("/tags/0")], replace("/title"), []],
    ["nothing where each changes an item of its own", replace("/tags/0"), replace("/tags/1"), []],
    [
      "the array, and no item of it, where they put one in and edit another",
      [add("/items/0"), ...replace("/items/3/name")],
      replace("/items/3/name"),
      ["/items"],
    ],
    [
      "nothing of an item that they edit once the array is another, where mine is elsewhere",
      [{ op: "move", from: "/items/4", path: "/items/0" }, ...replace("/items/0/tags/1"), add("/items/0/tags/0")],
      replace("/title"),
      [],
    ],
    ["both ends of a move", [{ op: "move", from: "/a", path: "/b" }], replace("/b/x", "/a"), ["/a", "/b"]],
    ["the target of a copy only", [{ op: "copy", from: "/a", path: "/b" }], replace("/a", "/b"), ["/b"]],
    ["nothing where they only test", [{ op: "test", path: "/a", value: 1 }], replace("/a"), []],
    ["nothing where mine only tests", replace("/a"), [{ op: "test", path: "/a", value: 1 }], []],
  ])("names %s", (_name, theirs, mine, pointers) => {
    expect(conflictingPointers(theirs, mine)).toEqual(pointers);
  });

  test("tells a name that is a number from an index where it has the document, and else takes it for one", () => {
    const theirs = [add("/rates/2025")];
    const mine = [add("/rates/2026")];
    expect(conflictingPointers(theirs, mine)).toEqual(["/rates"]);
    expect(conflictingPointers(theirs, mine, { rates: [] })).toEqual(["/rates"]);
    expect(conflictingPointers(theirs, mine, { rates: {} })).toEqual([]);
  });

  test("names none only where the two changes can be made in either order, with one result", () => {
    const limits = { operationsMax: Number.POSITIVE_INFINITY, bytesMax: Number.POSITIVE_INFINITY };
    const apply = (document: Json, ...patches: (readonly PatchOperation[])[]) =>
      patches.reduce((current, patch) => {
        const result = applyJsonPatch(current, patch, limits);
        if (result.kind !== "patched") throw new Error(JSON.stringify({ current, patch, result }));
        return result.value;
      }, document);
    const some = objectOf(fc.constantFrom("a", "b", "c", "0", "1"), json, 5);
    const items = fc.uniqueArray(fc.record({ id: fc.nat(4), v: fc.nat(1), w: some }), {
      selector: ({ id }) => id,
      maxLength: 5,
    });
    const ordered = fc.record({ a: items, b: fc.array(fc.nat(2), { maxLength: 5 }) });
    const changed = fc.oneof(some, ordered, fc.record({ a: items }));
    const documents = fc.oneof(some, ordered, fc.array(json, { maxLength: 4 }), json);
    let independent = 0;
    fc.assert(
      fc.property(documents, changed, changed, fc.boolean(), (base, a, b, given) => {
        const spread = typeof base === "object" && !Array.isArray(base) ? base : {};
        const theirs = diffJson(base, { ...spread, ...a });
        const mine = diffJson(base, { ...spread, ...b });
        const pointers = conflictingPointers(theirs, mine, given ? base : undefined);
        if (pointers.length > 0) return;
        independent += 1;
        expect(jsonEqual(apply(base, theirs, mine), apply(base, mine, theirs))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(independent).toBeGreaterThan(100);
  });

  test("names what comparing each with each would, without the cost", () => {
    const paths = fc.array(
      fc
        .array(fc.constantFrom("a", "b", "ab", ""), { maxLength: 3 })
        .map((tokens) => tokens.map((token) => `/${token}`).join("")),
    );
    fc.assert(
      fc.property(paths, paths, (theirs, mine) => {
        const met = theirs.filter((path) => mine.some((other) => covers(path, other)));
        expect(conflictingPointers(replace(...theirs), replace(...mine))).toEqual([...new Set(met)]);
      }),
      { numRuns: 2_000 },
    );
  });
});
