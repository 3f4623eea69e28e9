import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashParts } from "./hash-parts.js";
import { type KeyScope, recordKey, scopedKey } from "./scope.js";

const alice: KeyScope = {
  keeper: "collection",
  actor: { name: "alice" },
  address: "192.0.2.1",
  method: "POST",
  path: "/articles",
  key: "k",
};
const anonymous: KeyScope = { ...alice, actor: undefined };

describe("a key is one key", () => {
  test.each<[what: string, scope: KeyScope]>([
    ["from another address of the same actor", { ...alice, address: "192.0.2.2" }],
    ["in another role of the same actor", { ...alice, actor: { name: "alice", role: "admin" } }],
  ])("%s", (_, scope) => {
    expect(scopedKey(scope)).toBe(scopedKey(alice));
  });

  test("from one IPv4 address, whether the socket takes IPv6 too or not", () => {
    expect(scopedKey({ ...anonymous, address: "::ffff:192.0.2.1" })).toBe(scopedKey(anonymous));
    expect(scopedKey({ ...anonymous, address: "::ffff:0:1" })).not.toBe(scopedKey({ ...anonymous, address: "0:1" }));
  });
});

describe("a key is another", () => {
  test.each<[what: string, scope: KeyScope]>([
    ["with another method", { ...alice, method: "PUT" }],
    ["with another path", { ...alice, path: "/articles/1" }],
    ["with other characters", { ...alice, key: "K" }],
    ["of another actor", { ...alice, actor: { name: "bob" } }],
    ["of an anonymous caller", anonymous],
    ["of an actor named like an address", { ...alice, actor: { name: "192.0.2.1" } }],
    ["of an actor without a name", { ...alice, actor: { name: "" } }],
    ["of a caller without an address", { ...anonymous, address: undefined }],
    ["before a guard", { ...alice, keeper: "guard" }],
  ])("%s", (_, scope) => {
    expect(scopedKey(scope)).not.toBe(scopedKey(alice));
    if (scope.actor === undefined && scope.address === undefined) {
      expect(scopedKey(scope)).not.toBe(scopedKey({ ...scope, address: "" }));
    }
  });
});

test("a record's key tells nothing of whose it is, and no text of a client's stands in it", () => {
  expect(recordKey(scopedKey({ ...alice, key: "a/b:\n" }))).toMatch(/^idempotency\/[\w-]{43}$/);
});

test("no two lists of parts are one", () => {
  const part = fc.oneof(
    fc.constantFrom("", "a", ":", "t1:", "-", "1", "\ud800", "\ud801"),
    fc.string({ maxLength: 3 }),
    fc.constant(undefined),
    fc.uint8Array({ maxLength: 3 }),
  );
  const parts = fc.array(part, { maxLength: 4 });
  const asText = (list: readonly (string | Uint8Array | undefined)[]) =>
    JSON.stringify(list.map((one) => (one instanceof Uint8Array ? { bytes: [...one] } : (one ?? null))));
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      expect(hashParts(a) === hashParts(b)).toBe(asText(a) === asText(b));
    }),
    { numRuns: 5_000 },
  );
  expect(hashParts(["a:b", "c"])).not.toBe(hashParts(["a", "b:c"]));
});
