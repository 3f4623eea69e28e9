import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parsePrefer, preferredReturn, preferredWaitSeconds } from "./prefer.js";

describe("Prefer", () => {
  test.each<[string, Record<string, string | true>]>([
    ["", {}],
    [" , ,\t,", {}],
    ["respond-async", { "respond-async": true }],
    ["respond-async, wait=100, handling=lenient", { "respond-async": true, wait: "100", handling: "lenient" }],
    ["WAIT=10, Return=Minimal", { wait: "10", return: "Minimal" }],
    ["wait \t=\t 10 ", { wait: "10" }],
    ["wait=10, wait=20", { wait: "10" }],
    ["return=minimal, return=representation", { return: "minimal" }],
    ['return="minimal"', { return: "minimal" }],
    ['foo=""; bar', { foo: true }],
    ['foo=""', { foo: true }],
    ['foo; bar=""', { foo: true }],
    ['return=minimal; foo="some, ; parameter" ;;bar=1; ;, dry-run', { return: "minimal", "dry-run": true }],
    ['a="x, y", b', { a: "x, y", b: true }],
    ['a="\\"\\\\", b=2', { a: '"\\', b: "2" }],
    ['a="b\\c\xe9\t"', { a: "bc\xe9\t" }],
    [",, a ,, b ,", { a: true, b: true }],
  ])("%j holds %o", (field, expected) => {
    expect(new Map(parsePrefer(field))).toEqual(new Map(Object.entries(expected)));
  });

  test.each([
    ...["=", "=a", "a b", "a=", "a= ;b", "a=b c", "a==b", "a;=b", "a;b=", "a;b c", "a=b=c", "(a)", '"a"', "a/b"],
    ...['a="b', 'a="b\\', 'a="b\\"', 'a="b"c', 'a"b"', 'a="\x01"', 'a="\x7f"', 'a="\\\x01"', 'a;b="c', "\xe9", "a\x00"],
    ...["a=\xe9", 'a="\u0100"', ";a"],
  ])("%j is no preference", (member) => {
    expect([...parsePrefer(member)]).toEqual([]);
  });

  test("may be named like the parts of an object", () => {
    expect([...parsePrefer("__proto__=1, constructor")]).toEqual([
      ["__proto__", "1"],
      ["constructor", true],
    ]);
  });

  test("leaves out a preference that can't be read, and keeps the others", () => {
    expect([...parsePrefer('a b, dry-run, c="\x01, d", e=1')]).toEqual([
      ["dry-run", true],
      ["e", "1"],
    ]);
    expect([...parsePrefer('dry-run, a="b, c, d')]).toEqual([["dry-run", true]]);
  });

  test("is ignored as a whole past 32 preferences, unless another number is set", () => {
    const names = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`).join(",");
    expect(parsePrefer(names(32)).size).toBe(32);
    expect(parsePrefer(names(33)).size).toBe(0);
    expect(parsePrefer(`${names(32)},,,`).size).toBe(32);
    expect(parsePrefer(`${names(32)}, (a)`).size).toBe(0);
    expect(parsePrefer("a=b;c=d,".repeat(1_024)).size).toBe(0);
    expect(parsePrefer(names(2), { itemsMax: 2 }).size).toBe(2);
    expect(parsePrefer(names(3), { itemsMax: 2 }).size).toBe(0);
  });

  test("is read to its end however long it is", () => {
    const spaces = " ".repeat(50_000);
    expect([...parsePrefer(`${spaces}a${spaces}=${spaces}b${spaces};${spaces},${spaces}c`)]).toEqual([
      ["a", "b"],
      ["c", true],
    ]);
    expect([...parsePrefer(`a${";b".repeat(50_000)}, c`)]).toEqual([
      ["a", true],
      ["c", true],
    ]);
    expect([...parsePrefer(`a="${"\\x".repeat(50_000)}"`)]).toEqual([["a", "x".repeat(50_000)]]);
    expect([...parsePrefer(`a="${",".repeat(50_000)}`)]).toEqual([]);
    expect([...parsePrefer(",".repeat(50_000))]).toEqual([]);
    expect([...parsePrefer('"'.repeat(50_001))]).toEqual([]);
  });
});

/** RFC 7240 §2 as regular expressions, over members divided at the commas that no quoted string holds. */
function reference(field: string): Map<string, string | true> {
  const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
  const quoted = '"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t \\x21-\\x7e\\x80-\\xff])*"';
  const pair = `(?:${token})(?:[ \\t]*=[ \\t]*(?:${token}|${quoted}))?`;
  const preference = new RegExp(
    `^(${token})(?:[ \\t]*=[ \\t]*(?:(${token})|(${quoted})))?(?:[ \\t]*;(?:[ \\t]*${pair})?)*$`,
  );
  const found = new Map<string, string | true>();
  for (const member of field.match(/(?:[^",]|"(?:[^"\\]|\\[\s\S])*(?:"|\\?$))+/g) ?? []) {
    const [, name, plain, text] = preference.exec(member.replace(/^[ \t]+|[ \t]+$/g, "")) ?? [];
    if (name === undefined || found.has(name.toLowerCase())) continue;
    found.set(name.toLowerCase(), plain || text?.slice(1, -1).replace(/\\([\s\S])/g, "$1") || true);
  }
  return found;
}

test("any text at all is read as the grammar says", () => {
  const piece = fc.constantFrom(
    ...["a", "b", "A", "wait", "=", "=", ";", ",", ",", '"', '"', "\\", " ", "\t", "\xe9", "\x01", "@", "\n"],
    ...['a="b,c"', "wait=10", "; p=1", '="\\""'],
  );
  const field = fc.oneof(
    fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join("")),
    fc.string(),
  );
  fc.assert(
    fc.property(field, (text) => {
      assert.deepEqual(new Map(parsePrefer(text)), reference(text));
    }),
    {
      numRuns: 10_000,
    },
  );
});

describe("what a client prefers", () => {
  test.each<[string, string | undefined]>([
    ["return=minimal", "minimal"],
    ["return=representation", "representation"],
    ["return=representation, return=minimal", "representation"],
    ["return=MINIMAL", undefined],
    ["return", undefined],
    ["handling=strict", undefined],
  ])("%j: an answer of the kind %j", (field, expected) => {
    expect(preferredReturn(parsePrefer(field))).toBe(expected);
  });

  test.each<[string, number | undefined]>([
    ["wait=0", 0],
    ["wait=10", 10],
    ['wait="10"', 10],
    ["wait=0010", 10],
    ["wait=60", 60],
    ["wait=61", 60],
    ["wait=1000000000", 60],
    [`wait=${"9".repeat(15_000)}`, 60],
    ["wait=1e9", undefined],
    ["wait=-1", undefined],
    ["wait=+1", undefined],
    ["wait=1.5", undefined],
    ['wait=" 1"', undefined],
    ["wait=abc", undefined],
    ["wait", undefined],
    ["", undefined],
  ])("%j: a wait of %j seconds where 60 is the most", (field, expected) => {
    expect(preferredWaitSeconds(parsePrefer(field), 60)).toBe(expected);
  });
});
