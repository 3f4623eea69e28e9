import { expect, test } from "vitest";
import { idFault, resourceKey } from "./resource-key.js";

test.each([
  "1",
  "a b",
  "ü",
  "__proto__",
  "constructor",
  "a".repeat(256),
  "é".repeat(128),
  "😀".repeat(64),
  "a:b*",
  "...",
])("%s is an id", (id) => {
  expect(idFault(id)).toBeUndefined();
});

test.each([
  "",
  ".",
  "..",
  "*",
  "a/b",
  "a\u0000",
  "a\r\nb",
  "\u007f",
  "\u0085",
  "\ud800",
  "a".repeat(257),
  "é".repeat(129),
  "😀".repeat(65),
  "€".repeat(86),
])("%j is no id", (id) => {
  expect(idFault(id)?.code).toBe("malformed-id");
});

test("a resource's key is its collection and its id", () => {
  expect(resourceKey("articles", "1")).toBe("articles/1");
});
