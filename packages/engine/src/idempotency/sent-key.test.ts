import { expect, test } from "vitest";
import { readSentKey } from "./sent-key.js";

const alice = { name: "alice" };
const code = "malformed-idempotency-key";

test("a key that was not sent is none, and an empty one is malformed", () => {
  expect(readSentKey(undefined, alice)).toBeUndefined();
  expect(readSentKey("", alice)).toMatchObject({ kind: "malformed", error: { code, header: "Idempotency-Key" } });
});

test("an anonymous caller's key has at least 16 characters, quotes not counted", () => {
  expect(readSentKey('"k"', alice)).toEqual({ kind: "key", key: "k" });
  expect(readSentKey("0123456789abcdef", undefined)).toEqual({ kind: "key", key: "0123456789abcdef" });
  expect(readSentKey('"0123456789abcde"', undefined)).toMatchObject({ kind: "malformed", error: { code } });
});
