import { afterEach, describe, expect, test } from "vitest";
import { expectPrototypesUntouched, frozen } from "./arbitrary.test-support.js";
import { applyJsonPatch, defaultPatchLimits as limits, type PatchResult } from "./patch.js";
import { isJsonObject, type Json } from "./value.js";

afterEach(expectPrototypesUntouched);

/** Applies a patch to frozen values, so that whoever changes document or patch throws. */
function patched(document: Json, patch: Json): PatchResult {
  return applyJsonPatch(frozen(document), frozen(patch), limits);
}

describe("a patch that applies", () => {
  test.each<[name: string, document: Json, patch: Json, result: Json]>([
    ["add a member", { a: 1 }, [{ op: "add", path: "/b", value: 2 }], { a: 1, b: 2 }],
    ["add over a member", { a: 1 }, [{ op: "add", path: "/a", value: null }], { a: null }],
    ["add inside an array", [1, 3], [{ op: "add", path: "/1", value: 2 }], [1, 2, 3]],
    ["add at an array's end by its length", [1], [{ op: "add", path: "/1", value: 2 }], [1, 2]],
    ["add at an array's end by -", [1], [{ op: "add", path: "/-", value: [2] }], [1, [2]]],
    ["add the whole", { a: 1 }, [{ op: "add", path: "", value: [] }], []],
    ["remove a member", { a: 1, b: 2 }, [{ op: "remove", path: "/a" }], { b: 2 }],
    ["remove an item", [1, 2, 3], [{ op: "remove", path: "/1" }], [1, 3]],
    ["remove a null", { a: null }, [{ op: "remove", path: "/a" }], {}],
    ["replace in place", { a: 1, b: 2 }, [{ op: "replace", path: "/a", value: 3 }], { a: 3, b: 2 }],
    ["replace an item", [1, 2], [{ op: "replace", path: "/0", value: 3 }], [3, 2]],
    ["replace the whole", { a: 1 }, [{ op: "replace", path: "", value: null }], null],
    ["move to another name", { a: 1 }, [{ op: "move", from: "/a", path: "/b" }], { b: 1 }],
    ["move an item, counted without it", [1, 2, 3], [{ op: "move", from: "/0", path: "/2" }], [2, 3, 1]],
    ["move to where it is", { a: 1 }, [{ op: "move", from: "/a", path: "/a" }], { a: 1 }],
    ["move the whole to where it is", { a: 1 }, [{ op: "move", from: "", path: "" }], { a: 1 }],
    [
      "move a part into the place of what it is in",
      { a: { b: 1 } },
      [{ op: "move", from: "/a/b", path: "/a" }],
      { a: 1 },
    ],
    [
      "move to a name that begins alike",
      { a: 1, ab: {} },
      [{ op: "move", from: "/a", path: "/ab/c" }],
      { ab: { c: 1 } },
    ],
    ["copy the whole into itself", { a: 1 }, [{ op: "copy", from: "", path: "/b" }], { a: 1, b: { a: 1 } }],
    [
      "test, members in another order",
      { a: { b: 1, c: 0 } },
      [{ op: "test", path: "/a", value: { c: -0, b: 1.0 } }],
      { a: { b: 1, c: 0 } },
    ],
    ["test a null", { a: null }, [{ op: "test", path: "/a", value: null }], { a: null }],
    ["ignore members that it has no use for", {}, [{ op: "add", path: "/a", value: 1, from: 5, x: 1 }], { a: 1 }],
    ["no operation", { a: 1 }, [], { a: 1 }],
    [
      "names with / and ~, and empty ones",
      { "a/b": { "~1": 1, "": 2 } },
      [
        { op: "remove", path: "/a~1b/~01" },
        { op: "replace", path: "/a~1b/", value: 3 },
      ],
      { "a/b": { "": 3 } },
    ],
    [
      "an index as a name",
      { "0": 1, "01": 1 },
      [
        { op: "remove", path: "/0" },
        { op: "remove", path: "/01" },
      ],
      {},
    ],
    [
      "constructor and prototype, each alone",
      {},
      [
        { op: "add", path: "/prototype", value: {} },
        { op: "add", path: "/prototype/constructor", value: 1 },
      ],
      { prototype: { constructor: 1 } },
    ],
  ])("can %s", (_name, document, patch, result) => {
    expect(patched(document, patch)).toEqual({ kind: "patched", value: result });
  });

  test("shares what it does not change with the document and with the patch", () => {
    const document = { a: { b: 1 }, c: [{ d: 1 }] };
    const value = { e: [] };
    const result = patched(document, [
      { op: "replace", path: "/a/b", value },
      { op: "add", path: "/f", value },
    ]);
    const after = result.kind === "patched" && isJsonObject(result.value) ? result.value : {};
    expect(after["c"]).toBe(document.c);
    expect(after["f"]).toBe(value);
    expect(patched(document, [{ op: "test", path: "/a/b", value: 1 }])).toEqual({ kind: "patched", value: document });
  });

  test("does not write through a value of the patch that a later operation changes", () => {
    const patch: Json = [
      { op: "replace", path: "/a", value: [] },
      { op: "add", path: "/a/-", value: "x" },
    ];
    for (let run = 0; run < 2; run++)
      expect(patched({ a: [] }, patch)).toEqual({ kind: "patched", value: { a: ["x"] } });
  });

  test("does not write through a copy into what was copied, or back", () => {
    const result = patched({ a: { b: [1] } }, [
      { op: "add", path: "/a/b/-", value: 2 },
      { op: "copy", from: "/a", path: "/c" },
      { op: "add", path: "/c/b/-", value: 3 },
      { op: "add", path: "/a/b/0", value: 0 },
    ]);
    expect(result).toEqual({ kind: "patched", value: { a: { b: [0, 1, 2] }, c: { b: [1, 2, 3] } } });
  });
});

describe("a patch that is wrong in itself", () => {
  test.each<[name: string, patch: Json, code: string, pointer: string]>([
    ["no array", { op: "remove", path: "/a" }, "malformed-patch", ""],
    ["null", null, "malformed-patch", ""],
    ["an operation that is no object", [[]], "malformed-patch", "/0"],
    ["no op", [{ path: "/a" }], "malformed-patch", "/0"],
    ["an op that is none", [{ op: "toString", path: "/a" }], "malformed-patch", "/0/op"],
    ["an op in capitals", [{ op: "ADD", path: "/a", value: 1 }], "malformed-patch", "/0/op"],
    ["an op that is no string", [{ op: ["add"], path: "/a", value: 1 }], "malformed-patch", "/0/op"],
    ["no path", [{ op: "remove" }], "malformed-patch", "/0"],
    ["a path that is no string", [{ op: "remove", path: null }], "malformed-patch", "/0/path"],
    ["no value", [{ op: "add", path: "/a" }], "malformed-patch", "/0"],
    ["no from", [{ op: "copy", path: "/a" }], "malformed-patch", "/0"],
    ["a from that is no string", [{ op: "move", from: 0, path: "/a" }], "malformed-patch", "/0/from"],
    ["a move into what is moved", [{ op: "move", from: "/a", path: "/a/b" }], "malformed-patch", "/0/path"],
    ["a move of the whole into itself", [{ op: "move", from: "", path: "/a" }], "malformed-patch", "/0/path"],
    ["a path without /", [{ op: "remove", path: "a" }], "malformed-pointer", "/0/path"],
    ["~2 in a path", [{ op: "remove", path: "/a~2" }], "malformed-pointer", "/0/path"],
    ["~ at the end of a from", [{ op: "copy", from: "/a~", path: "/b" }], "malformed-pointer", "/0/from"],
    ["__proto__ in a path", [{ op: "add", path: "/__proto__/admin", value: true }], "forbidden-key", "/0/path"],
    ["__proto__ at the end", [{ op: "add", path: "/a/__proto__", value: {} }], "forbidden-key", "/0/path"],
    ["__proto__ in a from", [{ op: "copy", from: "/__proto__/toString", path: "/b" }], "forbidden-key", "/0/from"],
    [
      "constructor/prototype",
      [{ op: "add", path: "/constructor/prototype/admin", value: true }],
      "forbidden-key",
      "/0/path",
    ],
    [
      "constructor/prototype in a test",
      [{ op: "test", path: "/a/constructor/prototype", value: 1 }],
      "forbidden-key",
      "/0/path",
    ],
    ["201 operations", Array(201).fill({ op: "test", path: "", value: 1 }), "too-many-operations", ""],
  ])("%s is refused", (_name, patch, code, pointer) => {
    const result = patched({ a: { b: 1 } }, patch);
    expect(result).toMatchObject({ kind: "malformed", errors: [{ code, pointer }] });
  });

  test("is told all that is wrong, and where", () => {
    const result = patched({}, [
      { op: "add" },
      { op: "remove", path: "/a" },
      { op: "copy", from: "~", path: "/__proto__" },
    ]);
    expect(result.kind === "malformed" && result.errors.map(({ code, pointer }) => [code, pointer])).toEqual([
      ["malformed-patch", "/0"],
      ["malformed-patch", "/0"],
      ["malformed-pointer", "/2/from"],
      ["forbidden-key", "/2/path"],
    ]);
  });

  test.each(["-1", "01", "1e1", "+1", "1.0", "", " 0", "length", "name"])(
    "is told so where an array has %j for an index, and an object may have it for a name",
    (token) => {
      const errors = [{ code: "malformed-pointer", pointer: "/1/path" }];
      const patch: Json = [
        { op: "test", path: "", value: null },
        { op: "add", path: `/a/${token}`, value: 1 },
      ];
      const without = patch.slice(1);
      expect(patched({ a: [0] }, without)).toMatchObject({
        kind: "malformed",
        errors: [{ ...errors[0], pointer: "/0/path" }],
      });
      expect(patched({ a: {} }, without)).toMatchObject({ kind: "patched" });
      expect(patched({ a: [[0]] }, [{ op: "copy", from: `/a/${token}/0`, path: "/b" }])).toMatchObject({
        kind: "malformed",
        errors: [{ code: "malformed-pointer", pointer: "/0/from" }],
      });
    },
  );
});

describe("a patch that does not fit the document", () => {
  const document: Json = { a: { b: [1, 2] }, text: "abc", zero: 0 };

  test.each<[patch: Json, pointer: string]>([
    [[{ op: "remove", path: "/x" }], "/0/path"],
    [[{ op: "replace", path: "/x", value: 1 }], "/0/path"],
    [[{ op: "test", path: "/x", value: null }], "/0/path"],
    [[{ op: "add", path: "/x/y", value: 1 }], "/0/path"],
    [[{ op: "add", path: "/a/b/3", value: 1 }], "/0/path"],
    [[{ op: "add", path: `/a/b/${"9".repeat(400)}`, value: 1 }], "/0/path"],
    [[{ op: "add", path: "/a/b/-/x", value: 1 }], "/0/path"],
    [[{ op: "remove", path: "/a/b/2" }], "/0/path"],
    [[{ op: "remove", path: "/a/b/-" }], "/0/path"],
    [[{ op: "replace", path: "/a/b/-", value: 1 }], "/0/path"],
    [[{ op: "test", path: "/a/b/-", value: 1 }], "/0/path"],
    [[{ op: "remove", path: "" }], "/0/path"],
    [[{ op: "add", path: "/text/0", value: 1 }], "/0/path"],
    [[{ op: "add", path: "/zero/x", value: 1 }], "/0/path"],
    [[{ op: "test", path: "/text/length", value: 3 }], "/0/path"],
    [[{ op: "test", path: "/constructor", value: {} }], "/0/path"],
    [[{ op: "copy", from: "/toString", path: "/x" }], "/0/from"],
    [[{ op: "move", from: "/x", path: "/x" }], "/0/from"],
    [[{ op: "move", from: "/a/b/-", path: "/x" }], "/0/from"],
    [[{ op: "move", from: "/a/b/0", path: "/a/b/2" }], "/0/path"],
    [[{ op: "copy", from: "/a", path: "/x/y" }], "/0/path"],
    [
      [
        { op: "add", path: "/x", value: 1 },
        { op: "remove", path: "/y" },
        { op: "remove", path: "/z" },
      ],
      "/1/path",
    ],
  ])("%j is not applicable", (patch, pointer) => {
    expect(patched(document, patch)).toMatchObject({ kind: "not-applicable", errors: [{ pointer }] });
  });

  test("fails its test at the end of 50 operations, and nothing has been applied", () => {
    const patch = [
      ...Array.from({ length: 49 }, (_, index) => ({ op: "add", path: `/k${index}`, value: index })),
      { op: "test", path: "/a/b/1", value: "2" },
    ];
    const text = JSON.stringify(document);
    expect(patched(document, patch)).toEqual({ kind: "test-failed", pointer: "/a/b/1", operation: 49 });
    expect(JSON.stringify(document)).toBe(text);
  });
});
