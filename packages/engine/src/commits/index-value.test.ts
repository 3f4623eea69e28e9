import { assertCommit, type Commit, indexValueBytesMax } from "@unclash/core/store";
import fc from "fast-check";
import { expect, test } from "vitest";
import { indexValueOf } from "./index-value.js";

const hashed = /^sha-256:[\w-]{43}$/;

test.each([
  ["511 bytes", "a".repeat(511)],
  ["512 bytes", "a".repeat(512)],
  ["512 bytes in 256 characters", "é".repeat(256)],
  ["512 bytes in 128 characters beyond U+FFFF", "😀".repeat(128)],
  ["nothing", ""],
  ["what only resembles a hash", " sha-256:"],
])("a text of %s stands in an index as it is", (_, text) => {
  expect(indexValueOf(text)).toBe(text);
});

test.each([
  ["513 bytes", "a".repeat(513)],
  ["513 bytes whose last character has two", `${"a".repeat(511)}é`],
  ["514 bytes in 257 characters", "é".repeat(257)],
  ["515 bytes whose last character has four", `${"a".repeat(511)}😀`],
  ["a megabyte", "a".repeat(1_048_576)],
  ["U+0000", "a\u0000b"],
])("a text of %s is hashed", (_, text) => {
  expect(indexValueOf(text)).toMatch(hashed);
});

test("a short text that looks like a hash does not stand for the text that was hashed", () => {
  const long = "a".repeat(513);
  const forged = indexValueOf(long);
  expect(indexValueOf(forged)).not.toBe(forged);
  expect(indexValueOf(forged)).toMatch(hashed);
  expect(indexValueOf("sha-256:")).toMatch(hashed);
});

test("values of earlier releases are still found: the hash of a text never changes", () => {
  expect(indexValueOf(JSON.stringify("a".repeat(600)))).toBe("sha-256:0PbRZ9b5k6t1WjZdSPhhuM-gjxk2eTEABjZrnD1OE9g");
});

test("different texts have different values, and a store takes each of them", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.string({ unit: "grapheme", maxLength: 20 }).map((tail) => `${"é".repeat(254)}${tail}`),
    fc.string({ unit: "grapheme", maxLength: 20 }).map((tail) => `sha-256:${tail}`),
  );
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(indexValueOf(a) === indexValueOf(b)).toBe(a === b);
      expect(Buffer.byteLength(indexValueOf(a))).toBeLessThanOrEqual(indexValueBytesMax);
      expect(() => assertCommit(putUnder(indexValueOf(a)))).not.toThrow();
    }),
  );
});

function putUnder(value: string): Commit {
  const writes = [{ key: "a/1", expect: "any", put: "{}", index: [{ name: "n", value }] }] as const;
  return { tag: "a", at: 1, reads: [], writes, events: [], by: null, cause: "test" };
}
