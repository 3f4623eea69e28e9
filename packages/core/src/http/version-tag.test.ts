import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseEntityTag } from "./entity-tag.js";
import { contentTag, readVersionTag, type VersionTag, versionTag } from "./version-tag.js";

const BASE64URL = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"];

const tag = fc.string({ unit: fc.constantFrom(...BASE64URL), minLength: 1, maxLength: 16 });
const apiVersion = fc.string({ unit: fc.constantFrom(...BASE64URL, ".", "~"), minLength: 1, maxLength: 12 });

describe("the entity-tag of a version", () => {
  test("names the version, the write, and the API version where there is one", () => {
    expect(versionTag(4, "p0aa")).toBe('"4-p0aa"');
    expect(versionTag(4, "p0aa", "v1")).toBe('"4-p0aa.v1"');
    expect(versionTag(Number.MAX_SAFE_INTEGER, "-_-", "2026-11-22")).toBe('"9007199254740991--_-.2026-11-22"');
  });

  test.each<[number, string, string | undefined, RegExp]>([
    [-1, "a", undefined, /version/],
    [1.5, "a", undefined, /version/],
    [Number.NaN, "a", undefined, /version/],
    [2 ** 53, "a", undefined, /version/],
    [1, "", undefined, /tag/],
    [1, "a.b", undefined, /tag/],
    [1, 'a"b', undefined, /tag/],
    [1, "a\r\nb", undefined, /tag/],
    [1, "a", "", /API version/],
    [1, "a", 'v"1', /API version/],
    [1, "a", "v 1", /API version/],
  ])("is not made of %j, %j and %j", (version, part, api, message) => {
    expect(() => versionTag(version, part, api)).toThrow(TypeError);
    expect(() => versionTag(version, part, api)).toThrow(message);
  });

  test.each<[string, VersionTag]>([
    ["0-a", { version: 0, tag: "a" }],
    ["4-p0aa", { version: 4, tag: "p0aa" }],
    ["10--", { version: 10, tag: "-" }],
    ["4-a-b_c", { version: 4, tag: "a-b_c" }],
    ["4-p0aa.v1", { version: 4, tag: "p0aa", apiVersion: "v1" }],
    ["4-p0aa.1.2", { version: 4, tag: "p0aa", apiVersion: "1.2" }],
    ["9007199254740991-a", { version: 9007199254740991, tag: "a" }],
  ])("%j is read", (opaque, expected) => {
    expect(readVersionTag(opaque)).toEqual(expected);
  });

  test.each([
    ...["", "4", "-", "4-", "-a", "a-4", "04-a", "00-a", "+4-a", "-4-a", "4.0-a", "4e1-a", "0x4-a", " 4-a", "4 -a"],
    ...["9007199254740992-a", "99999999999999999-a", "4-a b", "4-a+b", "4-a/b", "4-a=", "4-.v1", "4-a.", "4-a.v 1"],
    ...["4-a.v\xe9", "4-\xe9", "٤-a", `${"9".repeat(50_000)}-a`, "9".repeat(50_000)],
  ])("%j is not of the format", (opaque) => {
    expect(readVersionTag(opaque)).toBeUndefined();
  });

  test("is read as it was written", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), tag, fc.option(apiVersion, { nil: undefined }), (version, part, api) => {
        const written = parseEntityTag(versionTag(version, part, api));
        expect(written?.weak).toBe(false);
        expect(readVersionTag(written?.opaque ?? "")).toEqual({
          version,
          tag: part,
          ...(api === undefined ? {} : { apiVersion: api }),
        });
      }),
    );
  });

  test("is read from any text as its grammar says, and is written back as the same text", () => {
    const piece = fc.constantFrom("0", "1", "9", "9007199254740991", "-", "-", ".", "a", "_", "~", " ", "+", "\xe9");
    const text = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (opaque) => {
        const match = /^(0|[1-9][0-9]*)-([\w-]+)(?:\.([\w.~-]+))?$/.exec(opaque);
        const fits = match !== null && BigInt(match[1] ?? 0) <= BigInt(Number.MAX_SAFE_INTEGER);
        const read = readVersionTag(opaque);
        assert.equal(read !== undefined, fits);
        if (read !== undefined) assert.equal(versionTag(read.version, read.tag, read.apiVersion), `"${opaque}"`);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("the entity-tag of content", () => {
  test("is the digest in quotes", () => {
    expect(contentTag('{"a":1}', (content) => `sha-${content.length}`)).toBe('"sha-7"');
  });

  test.each(["", 'a"b', "a b", "a\r\nb", "\u0100"])("is not made of the digest %j", (digest) => {
    expect(() => contentTag("{}", () => digest)).toThrow(TypeError);
  });
});
