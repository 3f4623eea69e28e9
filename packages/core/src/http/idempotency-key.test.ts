import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { vectors, vectorsFolder } from "../vectors.test-support.js";
import { idempotencyKeyBytesMax, parseIdempotencyKey } from "./idempotency-key.js";

const longest = "k".repeat(idempotencyKeyBytesMax);

describe("Idempotency-Key", () => {
  test.each<[field: string, key: string]>([
    ["8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324"],
    ['"8e03978e-40d5-43e8-bc93-6894a57f9324"', "8e03978e-40d5-43e8-bc93-6894a57f9324"],
    [" \t a \t", "a"],
    [' \t "a" \t', "a"],
    ['" a "', " a "],
    ['"a, b"', "a, b"],
    ['"a\\"b\\\\"', 'a"b\\'],
    ["a\\b;c=d:/?@", "a\\b;c=d:/?@"],
    ["__proto__", "__proto__"],
    ['"a";p', "a"],
    ['"a";p=1;  q="x, y";r=?1;s=:YWI=:;t=@1659578233;u=%"%c3%bc";v=*t/o:k', "a"],
    [longest, longest],
    [`"${longest}"`, longest],
    [`"${'\\"'.repeat(255)}"`, '"'.repeat(255)],
  ])("%j is the key %j", (field, key) => {
    expect(parseIdempotencyKey(field)).toEqual({ kind: "key", key });
  });

  test.each([
    ...["", " ", "\t", '""', ' "" ', '"";p=1'],
    ...[
      "a, b",
      "a,b",
      "a,",
      ",a",
      ",",
      '"a", "b"',
      '"a","a"',
      '"a",',
      '"a", b',
      'a, "b"',
      '"a";p=1, "b"',
      '"a";p="x", b',
    ],
    ...['"', '"a', '"a\\"', '"a\\', '"a\\b"', 'a"', 'a"b"', '"a"b', '"a""b"', '"a" ;p=1', '"a" b', "a b", "a\tb"],
    ...['"a";', '"a";=1', '"a";p=', '"a";p="', '"a";p=(1)', '"a";p=1 2', '"a";p="\\x"', '"a";p=%"', '"a"; \tp=1'],
    ...['"\x7f"', '"a\tb"', '"a\x00"', '"\xe9"', "\xe9", "a\xe9", "a\x00b", "\x7f", "\u{1f511}"],
    ...[`${longest}k`, `"${longest}k"`, "k".repeat(300)],
  ])("%j is malformed", (field) => {
    expect(parseIdempotencyKey(field)).toEqual({ kind: "malformed", detail: expect.stringMatching(/^[A-Z].*\.$/) });
  });

  test("of one that is malformed, the detail repeats nothing", () => {
    for (const field of ["secret, b", '"secret', "secret\xe9", '"secret"x', `"secret${longest}"`]) {
      expect(parseIdempotencyKey(field)).not.toMatchObject({ detail: expect.stringContaining("secret") });
    }
  });

  test("is read to its end however long it is", () => {
    const many = 50_000;
    for (const field of [" ".repeat(many), '"'.repeat(many), ",".repeat(many), `"${"\\".repeat(many)}"`]) {
      expect(parseIdempotencyKey(field)).toMatchObject({ kind: "malformed" });
    }
    expect(parseIdempotencyKey(`"a"${";p=1".repeat(many)}`)).toEqual({ kind: "key", key: "a" });
    expect(parseIdempotencyKey(`"a";p=${"=".repeat(many)}`)).toEqual({ kind: "key", key: "a" });
    expect(parseIdempotencyKey(`${" ".repeat(many)}a${" ".repeat(many)}`)).toEqual({ kind: "key", key: "a" });
    expect(parseIdempotencyKey(`"a"${";".repeat(many)}`)).toMatchObject({ kind: "malformed" });
  });

  test("any printable text, quoted as structured fields want it, is that key, and bare too where it can be", () => {
    const printable = fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    });
    fc.assert(
      fc.property(
        printable.filter((text) => text !== ""),
        (text) => {
          const quoted = `"${text.replace(/["\\]/g, "\\$&")}"`;
          assert.deepEqual(parseIdempotencyKey(quoted), { kind: "key", key: text });
          if (/^[^ ",]+$/.test(text)) assert.deepEqual(parseIdempotencyKey(text), { kind: "key", key: text });
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

/** The same rules as regular expressions; only for short texts, since these backtrack. */
function reference(field: string): string | undefined {
  const string = '"((?:[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\["\\\\])*)"';
  const name = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  const value = `(?:%?${string.replace("((", "(?:(")}|[!#$%&'*+.^_\`|~0-9A-Za-z:/?@=-]+)`;
  const quoted = new RegExp(`^[ \\t]*${string}(?:; *${name}(?:=${value})?)*[ \\t]*$`);
  const key =
    quoted.exec(field)?.[1]?.replace(/\\(.)/g, "$1") ?? /^[ \t]*([\x21\x23-\x2b\x2d-\x7e]+)[ \t]*$/.exec(field)?.[1];
  return key === "" ? undefined : key;
}

test("any text at all is read as the grammar says", () => {
  const piece = fc.constantFrom(
    ...["a", "b", "1", "=", ";", ";", ",", '"', '"', '"', "\\", " ", "\t", "\xe9", "\x01", "@", "%", ":", "(", "\n"],
    ...['"a"', ";p=1", '; q="x, y"', ';r=%"a"', '\\"'],
  );
  const field = fc.oneof(
    fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join("")),
    fc.string(),
  );
  fc.assert(
    fc.property(field, (text) => {
      const parsed = parseIdempotencyKey(text);
      assert.equal(parsed.kind === "key" ? parsed.key : undefined, reference(text));
    }),
    { numRuns: 10_000 },
  );
});

describe.skipIf(vectorsFolder === undefined)("public test vectors", () => {
  test("keys are those of the draft, but that a bare one is the key that it would be in quotes", () => {
    const row = z.object({ header: z.string(), key: z.string().optional(), invalid: z.boolean().default(false) });
    const { cases } = z
      .object({ cases: z.array(z.union([row, z.object({ scenario: z.string() })])) })
      .parse(vectors("idempotency/draft-07.json"));
    const rows = cases.flatMap((one) => ("header" in one ? [one] : []));
    // Most clients send no quotes, and most servers take the key so: by the draft's letter these two rows are
    // malformed.
    const bare = rows.filter(({ header }) => !header.startsWith('"'));
    expect(bare.map(({ header, invalid }) => [header, invalid])).toEqual([
      ["8e03978e-40d5-43e8-bc93-6894a57f9324", true],
      ["abc", true],
    ]);
    for (const { header } of bare) expect(parseIdempotencyKey(header)).toEqual({ kind: "key", key: header });
    const quoted = rows.filter((one) => !bare.includes(one));
    for (const { header, key, invalid } of quoted) {
      const expected = invalid ? { kind: "malformed" } : { kind: "key", key };
      expect(parseIdempotencyKey(header), header).toMatchObject(expected);
    }
    expect(quoted.length).toBeGreaterThanOrEqual(6);
  });
});
