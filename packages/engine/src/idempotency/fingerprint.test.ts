import { Readable } from "node:stream";
import type { Json } from "@unclash/core/json";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { valueText } from "../states/value-text.js";
import { fingerprint, type RepeatedRequest } from "./fingerprint.js";

const request: RepeatedRequest = {
  query: "",
  contentType: "application/json",
  ifMatch: '"1-a"',
  transactionId: undefined,
  onConflict: undefined,
  body: { title: "New", tags: ["a", "b"] },
};
const first = fingerprint(request);

describe("a repeat has the fingerprint of the first request", () => {
  test.each<[what: string, body: unknown]>([
    ["with its members in another order", { tags: ["a", "b"], title: "New" }],
    ["with a member that no JSON has", { title: "New", tags: ["a", "b"], more: undefined, call: () => 1 }],
    ["from a parser that makes objects without a prototype", Object.assign(Object.create(null), request.body)],
  ])("%s", (_, body) => {
    expect(fingerprint({ ...request, body })).toBe(first);
  });

  test("with another multipart boundary, or its type in other letters", () => {
    const multipart = (contentType: string): string => fingerprint({ ...request, contentType });
    const form = multipart("multipart/form-data; boundary=x");
    expect(multipart("Multipart/Form-Data;boundary=y")).toBe(form);
    expect(multipart("multipart/form-data; boundary=x; charset=latin1")).not.toBe(form);
  });
});

describe("another request has another fingerprint", () => {
  test.each<[what: string, change: Partial<RepeatedRequest>]>([
    ["by its query", { query: "a=1" }],
    ["by its Content-Type", { contentType: "application/json; charset=utf-8" }],
    ["without a Content-Type", { contentType: undefined }],
    ["by its If-Match", { ifMatch: '"2-b"' }],
    ["without an If-Match", { ifMatch: undefined }],
    ["with an empty If-Match", { ifMatch: "" }],
    ["by its Transaction-Id", { transactionId: "t1" }],
    ["by the strategy that it asks for", { onConflict: "last-write-wins" }],
    ["by what the app says that counts", { more: ["a"] }],
    ["by what the app says that counts, cut elsewhere", { more: ["", ""] }],
    ["by its content", { body: { title: "Old", tags: ["a", "b"] } }],
    ["by the order of an array", { body: { title: "New", tags: ["b", "a"] } }],
    ["with the same content as text", { body: valueText(request.body) }],
    ["with the same content as bytes", { body: Buffer.from(valueText(request.body)) }],
    ["without content", { body: undefined }],
    ["with null", { body: null }],
  ])("%s", (_, change) => {
    expect(fingerprint({ ...request, ...change })).not.toBe(first);
  });
});

describe("the text of a body", () => {
  test("is that of its JSON, the same in each order of its members", () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .map(([name, member]) => [name, shuffled(member)] as const)
          .reverse(),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json: Json = JSON.parse(JSON.stringify(value));
        expect(JSON.parse(valueText(json))).toEqual(json);
        expect(valueText(shuffled(json))).toBe(valueText(json));
      }),
      { numRuns: 2_000 },
    );
  });

  test("has the members in one order that are numbers, too", () => {
    expect(valueText({ b: 1, 10: 2, "01": 3, 9: 4 })).toBe(valueText({ "01": 3, 9: 4, 10: 2, b: 1 }));
  });

  test("does not depend on whether equal parts are one object", () => {
    const part = { b: [1], a: 2 };
    expect(valueText([part, part])).toBe(valueText([part, { a: 2, b: [1] }]));
  });

  test("is there at once for a few objects that stand in very many places", () => {
    let bomb: unknown = { a: 1 };
    for (let level = 0; level < 60; level += 1) bomb = { a: bomb, b: bomb };
    expect(valueText(bomb).length).toBeLessThan(10_000);
  });

  test("is there for anything at all, and the same each time", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }), (value) => {
        expect(valueText(value)).toBe(valueText(value));
      }),
      { numRuns: 2_000 },
    );
  });

  const upload = { filename: "a.png", file: Readable.from([]) };
  test.each<[what: string, a: unknown, b: unknown]>([
    ["dates", { at: new Date(1) }, { at: new Date(2) }],
    ["buffers of bytes", { file: new Uint8Array([1]).buffer }, { file: new Uint8Array([2]).buffer }],
    ["what has a member that streams have, too", { pipe: 1, title: "a" }, { pipe: 1, title: "b" }],
    ["bytes", { file: Buffer.from("a") }, { file: Buffer.from("b") }],
    ["long numbers", 1n, 2n],
    [
      "objects of a class",
      new (class {
        a = 1;
      })(),
      new (class {
        a = 2;
      })(),
    ],
    ["maps", new Map([["a", 1]]), new Map([["a", 2]])],
    ["forms", new URLSearchParams("a=1"), new URLSearchParams("a=2")],
    ["a text and a number", "1", 1],
    ["halves of surrogate pairs", "\ud800", "\ud801"],
    ["such a half and its escape", "\ud800", "\\ud800"],
    ["uploads by their names", upload, { ...upload, filename: "b.png" }],
    ["an array and its only item", [1], 1],
  ])("tells %s apart", (_, a, b) => {
    expect(valueText(a)).not.toBe(valueText(b));
  });

  test("does not depend on whether equal dates or bytes are one object", () => {
    const [at, file] = [new Date(1), Buffer.from("a")];
    const apart = { at: new Date(1), until: new Date(1), file: Buffer.from("a"), copy: Buffer.from("a") };
    expect(valueText({ at, until: at, file, copy: file })).toBe(valueText(apart));
  });

  test("does not depend on the state of a stream", () => {
    const used = Readable.from([]);
    used.destroy();
    expect(valueText({ file: used })).toBe(valueText({ file: Readable.from([]) }));
  });

  test("is there for what is deep, or in itself, or throws when it is looked at", () => {
    const cyclic: Record<string, unknown> = { name: "a" };
    cyclic["self"] = cyclic;
    expect(valueText(cyclic)).toBe('{"name":"a","self":#0}');
    const deep: unknown = JSON.parse(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
    expect(valueText(deep)).toHaveLength(200_000);
    const hostile = new Proxy({}, { ownKeys: () => fail(), get: () => fail(), has: () => fail() });
    const throwing = {
      get a(): number {
        return fail();
      },
    };
    const endless = { toJSON: () => endless };
    for (const value of [hostile, throwing, endless, { toJSON: fail }])
      expect(valueText(value)).toEqual(expect.any(String));
  });
});

function fail(): never {
  throw new Error("No.");
}
