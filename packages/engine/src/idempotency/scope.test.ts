import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Actor } from "../access/actor.js";
import { hashParts } from "./fingerprint.js";
import { type CallerOptions, callerDigest, type KeyScope, scopedKey } from "./scope.js";

interface Sender extends CallerOptions<unknown> {
  readonly actor?: Actor;
  readonly address?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

function digestOf({ actor, address, headers = {}, ...options }: Sender): string {
  const body = { kind: "parsed", value: undefined } as const;
  const path = { method: "POST", base: "", path: "/articles", query: "" };
  const request = { ...path, headers, address, body, native: undefined };
  return callerDigest({ request, actor, header: (name) => headers[name] }, options);
}

const anonymous: Sender = { address: "192.0.2.1" };
const alice: Sender = { ...anonymous, actor: { name: "alice" } };
const bearer: Sender = { ...anonymous, anonymous: "credentials", headers: { authorization: "Bearer a" } };

describe("a caller is one caller", () => {
  test.each<[what: string, sender: Sender, like: Sender]>([
    ["from another address of the same actor", { ...alice, address: "192.0.2.2" }, alice],
    ["in another role of the same actor", { ...alice, actor: { name: "alice", role: "admin" } }, alice],
    ["with other credentials of the same actor", { ...bearer, actor: { name: "alice" } }, alice],
    ["whether the socket takes IPv6 too or not", { address: "::ffff:192.0.2.1" }, anonymous],
    ["with credentials that do not tell it apart", { ...anonymous, headers: { cookie: "a=1" } }, anonymous],
    ["from another address with the same credentials", { ...bearer, address: "192.0.2.2" }, bearer],
    ["without credentials that would tell it apart", { ...bearer, headers: {} }, anonymous],
  ])("%s", (_, sender, like) => {
    expect(digestOf(sender)).toBe(digestOf(like));
  });
});

describe("a caller is another", () => {
  test.each<[what: string, sender: Sender, unlike: Sender]>([
    ["as another actor", { ...alice, actor: { name: "bob" } }, alice],
    ["as nobody", anonymous, alice],
    ["as an actor named like an address", { ...alice, actor: { name: "192.0.2.1" } }, anonymous],
    ["without an address", {}, { address: "" }],
    ["from another address", { address: "192.0.2.2" }, anonymous],
    ["from an address that only looks mapped", { address: "::ffff:0:1" }, { address: "0:1" }],
    ["with another token", { ...bearer, headers: { authorization: "Bearer b" } }, bearer],
    ["with a cookie", { ...bearer, headers: { authorization: "Bearer a", cookie: "a=1" } }, bearer],
    ["with the same text as a cookie", { ...bearer, headers: { cookie: "Bearer a" } }, bearer],
    ["at a tenant", { ...alice, scope: () => "a" }, alice],
    ["at another tenant", { ...alice, scope: () => "a" }, { ...alice, scope: () => "b" }],
    ["at another tenant, unknown", { ...anonymous, scope: () => "a" }, { ...anonymous, scope: () => "b" }],
  ])("%s", (_, sender, unlike) => {
    expect(digestOf(sender)).not.toBe(digestOf(unlike));
  });
});

test("two tenants by their Host share nothing", () => {
  const scope: Sender["scope"] = ({ headers }) => String(headers["host"]);
  const at = (host: string): string => digestOf({ ...alice, scope, headers: { host } });
  expect(at("a.example")).toBe(at("a.example"));
  expect(at("a.example")).not.toBe(at("b.example"));
});

test.each([[undefined], [""], [null], [5], [Promise.resolve("a")]])("%s is no scope, and the app's fault", (given) => {
  const scope: Sender["scope"] = () => Object(given);
  for (const sender of [alice, anonymous]) {
    expect(() => digestOf({ ...sender, scope: given === "" ? () => "" : scope })).toThrow(
      expect.objectContaining({ code: "ERR_UNCLASH_CALLBACK", callback: "idempotency.scope" }),
    );
  }
});

const scope: KeyScope = { keeper: "collection", caller: "c", method: "POST", path: "/articles", key: "k" };

describe("a key is another", () => {
  test.each<[what: string, other: KeyScope]>([
    ["with another method", { ...scope, method: "PUT" }],
    ["with another path", { ...scope, path: "/articles/1" }],
    ["with other characters", { ...scope, key: "K" }],
    ["of another caller", { ...scope, caller: "d" }],
    ["before a guard", { ...scope, keeper: "guard" }],
  ])("%s", (_, other) => {
    expect(scopedKey(other)).not.toBe(scopedKey(scope));
  });
});

test("a record's key tells nothing of whose it is, and no text of a client's stands in it", () => {
  expect(scopedKey({ ...scope, key: "a/b:\n" })).toMatch(/^[\w-]{43}$/);
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
