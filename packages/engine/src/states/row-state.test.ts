import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { CallbackError, formatEntityTag, parseEntityTag, versionTag } from "@unclash/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { LoadedState } from "./loaded-state.js";
import { modifiedAtOf, RowState, shownVersionOf, tagOfState, versionInTag } from "./row-state.js";
import { currentState } from "./selected-state.js";

const digest = (text: string): string => `#${text}`;
const factsOf = (state: LoadedState) => currentState(new RowState({ digest, represent: undefined }, state));
const tagOf = (state: LoadedState): string => {
  const { weak, opaque } = tagOfState(state, digest);
  expect(weak).toBe(false);
  return opaque;
};

const wroteAt = new Date("2026-11-22T10:00:00.123Z");

const tags: readonly (readonly [what: string, state: LoadedState, opaque: string, shown: number | undefined])[] = [
  ["a counter", { version: 5 }, "5", 5],
  ["zero", { version: 0 }, "0", 0],
  ["a big counter", { version: 5n }, "5", 5],
  ["a counter past what a number holds", { version: 9_007_199_254_740_993n }, "9007199254740993", undefined],
  ["a date", { version: wroteAt }, "1795341600123", 1_795_341_600_123],
  ["a text", { version: "0190-a" }, "0190-a", undefined],
  ["a text that is a number", { version: "17" }, "17", 17],
  ["a timestamp's text", { version: "2026-11-28 10:00:00.123456+00" }, "2026-11-28%2010:00:00.123456+00", undefined],
  ["a text beyond ASCII", { version: "ü1" }, "%C3%BC1", undefined],
  ["a text with a quote", { version: 'a"b' }, "a%22b", undefined],
  ["a text with line ends", { version: "a\r\nb" }, "a%0D%0Ab", undefined],
  ["a text with a percent sign", { version: "50%" }, "50%25", undefined],
  ["a text that is half a character", { version: "\ud800" }, "%ud800", undefined],
  ["a text that begins like an entity-tag", { version: '"a"b"' }, "%22a%22b%22", undefined],
  ["a long text", { version: "x".repeat(300) }, `%h#${"x".repeat(300)}`, undefined],
  ["bytes, as SQL Server's rowversion", { version: Buffer.from([1, 2]) }, "#bytes:AQI=", undefined],
  ["an entity-tag", { version: '"v1"' }, "v1", undefined],
  ["an entity-tag that is a number", { version: '"17"' }, "17", 17],
  ["an entity-tag of the app's own", { version: 5, etag: '"own"' }, "own", 5],
  [
    "a row",
    { version: { b: 1, a: [wroteAt, 2n, null] } },
    '#{"a":["2026-11-22T10:00:00.123Z",2n,null],"b":1}',
    undefined,
  ],
];

test.each(tags)(
  "the entity-tag of a state, and the version that clients are told: %s",
  (_what, state, opaque, shown) => {
    expect([tagOf(state), shownVersionOf(state)]).toEqual([opaque, shown]);
  },
);

class Hidden {
  readonly #version: number = 1;
  get version(): number {
    return this.#version;
  }
}

const unusable: readonly (readonly [what: string, state: unknown, said: RegExp])[] = [
  ["a fraction", { version: 1.5 }, /version.* 1\.5/],
  ["no number", { version: Number.NaN }, /version.* NaN/],
  ["a number past what is exact", { version: 2 ** 53 }, /2\^53/],
  ["null", { version: null }, /version.* null/],
  ["nothing", { version: undefined }, /version.* undefined/],
  ["a truth value", { version: true }, /version.* true/],
  ["a function", { version: () => 1 }, /version.* function/],
  ["an invalid date", { version: new Date(Number.NaN) }, /version.* invalid Date/],
  ["an empty text", { version: "" }, /version.* empty text/],
  ["a promise", { version: Promise.resolve(1) }, /version.* a promise: put `await`/],
  ["an empty object", { version: {} }, /version.* an empty object/],
  ["an empty array", { version: [] }, /version.* an empty array/],
  ["a RegExp", { version: /a/ }, /version.* RegExp/],
  ["an error", { version: Object.assign(new Error("a"), { code: "b" }) }, /version.* Error/],
  ["an instance without fields", { version: new Hidden() }, /version.* Hidden/],
  ["an empty Map", { version: new Map() }, /version.* Map/],
  ["no bytes", { version: Buffer.alloc(0) }, /version.* Buffer/],
  ["a stream", { version: Readable.from([]) }, /version.* Readable/],
  ["members that are no values", { version: { a: undefined, b: () => 1 } }, /version.* an object with a, b/],
  ["a weak entity-tag", { version: 'W/"a"' }, /version.* weak/],
  ["an entity-tag without quotes", { version: 1, etag: "a" }, /etag.* "a"/],
  ["an entity-tag that is none", { version: 1, etag: 5 }, /etag.* 5/],
  ["a weak one of the app's own", { version: 1, etag: 'W/"a"' }, /etag.* weak/],
];

test.each(unusable)(
  "what can't be made a strong entity-tag is the app's fault, and is named: %s",
  (_what, state, said) => {
    expect(() => tagOf(state as LoadedState)).toThrow(CallbackError);
    expect(() => tagOf(state as LoadedState)).toThrow(said);
  },
);

test("two counters, dates or rows have the same entity-tag only where they are the same", () => {
  const sha = (text: string): string => createHash("sha256").update(text).digest("base64url");
  const version = fc.oneof(
    fc.maxSafeNat(),
    fc.date({ noInvalidDate: true }),
    fc.jsonValue().map((value) => ({ value })),
  );
  fc.assert(
    fc.property(version, version, (one, other) => {
      const [a, b] = [tagOfState({ version: one }, sha).opaque, tagOfState({ version: other }, sha).opaque];
      fc.pre(one instanceof Date === other instanceof Date && typeof one === typeof other);
      const same =
        typeof one === "object" ? JSON.stringify(sorted(one)) === JSON.stringify(sorted(other)) : one === other;
      return (a === b) === same;
    }),
  );
});

test("any text makes a valid entity-tag, and no two the same", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 8 }),
    fc.string({
      unit: fc.constantFrom("%", "2", "0", "5", " ", '"', "ü", "\ud800", "\udc00", "W", "/", "u", "h"),
      minLength: 1,
    }),
  );
  const isOwn = (version: string): boolean => /^(?:W\/)?"/.test(version);
  fc.assert(
    fc.property(text, text, (one, other) => {
      fc.pre(!isOwn(one) && !isOwn(other));
      const [a, b] = [tagOfState({ version: one }, digest), tagOfState({ version: other }, digest)];
      expect(parseEntityTag(formatEntityTag(a))).toEqual(a);
      return (a.opaque === b.opaque) === (one === other);
    }),
  );
});

test("a date ahead of the clock is compared as it was sent: as no later than now", () => {
  const facts = factsOf({ version: 1, modifiedAt: Date.now() + 3_600_000 });
  expect(facts).toMatchObject({ kind: "present" });
  expect("modifiedAt" in facts ? facts.modifiedAt : Number.NaN).toBeLessThanOrEqual(Date.now());
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const members = Object.entries(value).map(([name, each]) => [name, sorted(each)] as const);
  return { members: members.sort(([a], [b]) => (a < b ? -1 : 1)) };
}

test("a number in an entity-tag is a version only as a guard writes it, or as core's own tags hold it", () => {
  const read = ["7", "0", "07", "-1", "1.5", "1e3", "", "9007199254740993", "12345678901234567", " 7", "7 "].map(
    versionInTag,
  );
  expect(read).toEqual([7, 0, ...Array.from({ length: 9 }, () => undefined)]);
  expect(versionInTag(versionTag(3, "p0aa").slice(1, -1))).toBe(3);
});

test("when a state was written: as the app says, or as its version tells", () => {
  expect(modifiedAtOf({ version: 1 })).toBeUndefined();
  expect(modifiedAtOf({ version: wroteAt })).toBe(wroteAt.getTime());
  expect(modifiedAtOf({ version: 1, modifiedAt: wroteAt })).toBe(wroteAt.getTime());
  expect(modifiedAtOf({ version: wroteAt, modifiedAt: 5 })).toBe(5);
});

test("preconditions are held against what there is, and nothing is absent", () => {
  expect(currentState(undefined)).toEqual({ kind: "absent" });
  expect(factsOf({ version: { a: 1 } })).toEqual({
    kind: "present",
    etag: { weak: false, opaque: '#{"a":1}' },
  });
  expect(factsOf({ version: wroteAt })).toMatchObject({
    modifiedAt: wroteAt.getTime(),
    version: wroteAt.getTime(),
  });
});
