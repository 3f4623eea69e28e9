import { afterEach, describe, expect, test } from "vitest";
import { expectPrototypesUntouched, frozen } from "./arbitrary.test-support.js";
import { applyJsonPatch, defaultPatchLimits as limits, type PatchResult } from "./patch.js";
import type { Json } from "./value.js";

afterEach(expectPrototypesUntouched);

/** Applies a patch to frozen values, so that whoever changes document or patch throws. */
function patched(document: Json, patch: Json): PatchResult {
  return applyJsonPatch(frozen(document), frozen(patch), limits);
}

describe("a patch that would make too much", () => {
  const intoItself = (times: number) =>
    Array.from({ length: times }, (_, index) => ({ op: "copy", from: "", path: `/c${index}` }));

  test("thirty copies of a document into itself are refused once they pass the size", () => {
    expect(patched({ text: "x".repeat(100) }, intoItself(30))).toEqual({
      kind: "too-large",
      of: "copies",
      bytesMax: limits.bytesMax,
    });
    expect(patched({}, intoItself(10))).toMatchObject({ kind: "patched" });
  });

  test("copies count though they are removed again", () => {
    const copyAndRemove = [
      { op: "copy", from: "/a", path: "/b" },
      { op: "remove", path: "/b" },
    ];
    const document = { a: "x".repeat(98) };
    const bytesMax = 350;
    const patch = (times: number) => Array.from({ length: times }, () => copyAndRemove).flat();
    expect(applyJsonPatch(document, patch(3), { ...limits, bytesMax })).toMatchObject({ kind: "patched" });
    expect(applyJsonPatch(document, patch(4), { ...limits, bytesMax })).toEqual({
      kind: "too-large",
      of: "copies",
      bytesMax,
    });
  });

  test("the size is that of the text in UTF-8, to the byte", () => {
    const bytesMax = Buffer.byteLength('{"a":"é😀","b":[1]}');
    const patch: Json = [{ op: "add", path: "/b", value: [1] }];
    expect(applyJsonPatch({ a: "é😀" }, patch, { ...limits, bytesMax })).toMatchObject({ kind: "patched" });
    expect(applyJsonPatch({ a: "é😀" }, patch, { ...limits, bytesMax: bytesMax - 1 })).toEqual({
      kind: "too-large",
      of: "document",
      bytesMax: bytesMax - 1,
    });
  });

  test.each<[op: string, patch: (index: number) => Json]>([
    ["copies", (index) => ({ op: "copy", from: `/k${index}`, path: `/k${index + 1}/a` })],
    ["moves", (index) => ({ op: "move", from: `/k${index}`, path: `/k${index + 1}/a` })],
    ["additions", (index) => ({ op: "add", path: "/a".repeat(index + 1), value: { a: 1 } })],
  ])("a document that %s make deeper than 64 levels is refused", (_op, operation) => {
    const document = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`k${index}`, {}]));
    const patch = Array.from({ length: 66 }, (_, index) => operation(index));
    expect(patched(document, patch)).toMatchObject({ kind: "malformed", errors: [{ code: "too-deep", pointer: "" }] });
  });

  test.each([
    ["add", { op: "add", value: 1 }],
    ["copy", { op: "copy", from: "/a" }],
    ["move", { op: "move", from: "/a" }],
  ])("a member whose name is longer than 1,024 characters is refused: %s", (_op, operation) => {
    const patch = (length: number) => [{ ...operation, path: `/b/${"k".repeat(length)}` }];
    expect(patched({ a: 0, b: {} }, patch(1_024))).toMatchObject({ kind: "patched" });
    expect(patched({ a: 0, b: {} }, patch(1_025))).toMatchObject({
      kind: "malformed",
      errors: [{ code: "key-too-long", pointer: "/0/path" }],
    });
  });

  test("a document that would have more than 10,000 members is refused", () => {
    const document = { a: Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 0])) };
    expect(patched(document, [{ op: "copy", from: "/a", path: "/b" }])).toMatchObject({
      kind: "malformed",
      errors: [{ code: "too-many-keys", pointer: "" }],
    });
    expect(patched(document, [{ op: "add", path: "/a/x", value: 0 }])).toMatchObject({ kind: "patched" });
  });
});
