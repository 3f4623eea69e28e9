import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type EntityTag,
  formatEntityTag,
  isOpaque,
  parseEntityTag,
  parseEntityTagList,
  strongMatch,
  unproxied,
  weakMatch,
} from "./entity-tag.js";

const strong = (opaque: string): EntityTag => ({ weak: false, opaque });
const weak = (opaque: string): EntityTag => ({ weak: true, opaque });

describe("a list of entity-tags", () => {
  test.each<[string, readonly EntityTag[]]>([
    ['"a"', [strong("a")]],
    ['W/"a"', [weak("a")]],
    ['""', [strong("")]],
    ['"*"', [strong("*")]],
    ['"W/"', [strong("W/")]],
    ['"a","b"', [strong("a"), strong("b")]],
    ['"a", W/"b" ,\t"c"', [strong("a"), weak("b"), strong("c")]],
    [' \t"a"\t ', [strong("a")]],
    ['"a,b", "c,d"', [strong("a,b"), strong("c,d")]],
    [',, "a",,\t, "b" , ,', [strong("a"), strong("b")]],
    ['"a\\"', [strong("a\\")]],
    ['"a\\","b"', [strong("a\\"), strong("b")]],
    ['"\xe9\x80\xff"', [strong("\xe9\x80\xff")]],
    ['"!#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~"', [strong("!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")]],
  ])("%j is read", (field, tags) => {
    expect(parseEntityTagList(field)).toEqual({ kind: "tags", tags });
  });

  test.each(["*", " *", "*\t", " \t* "])("%j stands for any", (field) => {
    expect(parseEntityTagList(field)).toEqual({ kind: "any" });
  });

  test.each<[string, string]>([
    ["", "The list of entity-tags is empty."],
    [" \t ", "The list of entity-tags is empty."],
    [",", "The list of entity-tags is empty."],
    [" , ,, ", "The list of entity-tags is empty."],
    ["abc", 'At character 1 stands no entity-tag: one is written in double quotes, such as "4-p0aa".'],
    ["5", 'At character 1 stands no entity-tag: one is written in double quotes, such as "4-p0aa".'],
    ["'a'", 'At character 1 stands no entity-tag: one is written in double quotes, such as "4-p0aa".'],
    ['"a", b', 'At character 6 stands no entity-tag: one is written in double quotes, such as "4-p0aa".'],
    ["W/", 'At character 1 stands no entity-tag: one is written in double quotes, such as "4-p0aa".'],
    ["W/abc", 'At character 1 stands no entity-tag: one is written in double quotes, such as "4-p0aa".'],
    ['W /"a"', 'At character 1 stands no entity-tag: one is written in double quotes, such as "4-p0aa".'],
    ['W/ "a"', 'At character 1 stands no entity-tag: one is written in double quotes, such as "4-p0aa".'],
    ['w/"a"', "The W/ of the entity-tag at character 1 must be upper-case."],
    ['"a", w/"b"', "The W/ of the entity-tag at character 6 must be upper-case."],
    ['"a', "The entity-tag at character 1 has no closing quote."],
    ['"', "The entity-tag at character 1 has no closing quote."],
    ['"a","b', "The entity-tag at character 5 has no closing quote."],
    ['"a"b"', "The entity-tag that ends at character 3 is followed by something other than a comma."],
    ['"a";', "The entity-tag that ends at character 3 is followed by something other than a comma."],
    ['"a" "b"', "The entity-tag that ends at character 3 is followed by something other than a comma."],
    ['"a"*', "The entity-tag that ends at character 3 is followed by something other than a comma."],
    ['"a b"', "Character 3 can't stand in an entity-tag."],
    ['"a\tb"', "Character 3 can't stand in an entity-tag."],
    ['"\x7f"', "Character 2 can't stand in an entity-tag."],
    ['"\x00"', "Character 2 can't stand in an entity-tag."],
    ['"\u0100"', "Character 2 can't stand in an entity-tag."],
    ['*, "a"', "A * stands alone, without entity-tags beside it."],
    ['"a", *', "A * stands alone, without entity-tags beside it."],
    ["*, *", "A * stands alone, without entity-tags beside it."],
    ["*,", "A * stands alone, without entity-tags beside it."],
    [",*", "A * stands alone, without entity-tags beside it."],
    ["**", "A * stands alone, without entity-tags beside it."],
    ["\xa0*", 'At character 1 stands no entity-tag: one is written in double quotes, such as "4-p0aa".'],
  ])("%j is malformed", (field, detail) => {
    expect(parseEntityTagList(field)).toEqual({ kind: "malformed", code: "malformed-etag", detail });
  });

  test("holds 64 tags and no more, unless another number is set", () => {
    const list = (count: number) => Array.from({ length: count }, (_, index) => `"${index}"`).join(", ");
    const tooMany = (tagsMax: number) => ({
      kind: "malformed",
      code: "too-many-etags",
      detail: `At most ${tagsMax} entity-tags are read.`,
    });
    expect(parseEntityTagList(list(64))).toMatchObject({ kind: "tags" });
    expect(parseEntityTagList(list(65))).toEqual(tooMany(64));
    expect(parseEntityTagList('"a",'.repeat(3_700))).toEqual(tooMany(64));
    expect(parseEntityTagList(list(2), { tagsMax: 2 })).toMatchObject({ kind: "tags" });
    expect(parseEntityTagList(list(3), { tagsMax: 2 })).toEqual(tooMany(2));
  });

  test("is read to its end however long its spaces, commas and tags are", () => {
    const spaces = " ".repeat(50_000);
    const commas = ",".repeat(50_000);
    const letters = "a".repeat(50_000);
    expect(parseEntityTagList(`"a"${spaces},${spaces}"b"${spaces}`)).toEqual({
      kind: "tags",
      tags: [strong("a"), strong("b")],
    });
    expect(parseEntityTagList(`${commas}"a"${commas}`)).toEqual({ kind: "tags", tags: [strong("a")] });
    expect(parseEntityTagList(`"${letters}"`)).toEqual({ kind: "tags", tags: [strong(letters)] });
    expect(parseEntityTagList(`*${spaces}`)).toEqual({ kind: "any" });
    expect(parseEntityTagList(`"a"${spaces}"b"`)).toMatchObject({ code: "malformed-etag" });
    expect(parseEntityTagList(`"${letters}`)).toMatchObject({ code: "malformed-etag" });
    expect(parseEntityTagList(spaces)).toMatchObject({ code: "malformed-etag" });
    expect(parseEntityTagList(commas)).toMatchObject({ code: "malformed-etag" });
    expect(parseEntityTagList(" ,".repeat(25_000))).toMatchObject({ code: "malformed-etag" });
  });
});

/** The grammar of RFC 9110 §5.6.1.2 and §8.8.3 as a regular expression: clear, and only for the short fields here. */
function reference(field: string, tagsMax: number): unknown {
  const tag = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g;
  if (/^[ \t]*\*[ \t]*$/.test(field)) return { kind: "any" };
  const list = new RegExp(`^[ \\t,]*${tag.source}(?:[ \\t]*,[ \\t,]*${tag.source})*[ \\t,]*$`);
  if (!list.test(field)) return { kind: "malformed" };
  const tags = [...field.matchAll(tag)].map(([, flag, opaque]) => ({ weak: flag !== undefined, opaque }));
  return tags.length > tagsMax ? { kind: "malformed", code: "too-many-etags" } : { kind: "tags", tags };
}

describe("any text at all", () => {
  const piece = fc.constantFrom(
    ...['"', '"', "W/", "w/", ",", ",", " ", "\t", "*", "a", "\\", "\xe9", "\x7f", "\u0100", "\n"],
    ...['"a"', '"b,c"', 'W/"d"', '""', ", ", '"\xe9"'],
  );
  const field = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
    fc.string(),
  );

  test("is read as the grammar says", () => {
    fc.assert(
      fc.property(field, fc.integer({ min: 1, max: 3 }), (text, tagsMax) => {
        expect(parseEntityTagList(text, { tagsMax })).toMatchObject(Object(reference(text, tagsMax)));
      }),
      { numRuns: 10_000 },
    );
  });

  test("is never repeated in what the client is told", () => {
    const secret = fc.array(fc.constantFrom("Z", "Q", "\r\n", "\xe9", '"', ",", "*", "W/", " "), { maxLength: 12 });
    fc.assert(
      fc.property(secret, (pieces) => {
        const list = parseEntityTagList(pieces.join(""));
        if (list.kind === "malformed") assert.match(list.detail, /^[ !-PR-Y[-~]+$/);
      }),
      { numRuns: 10_000 },
    );
  });

  test("is one entity-tag exactly where the list holds it and nothing else", () => {
    fc.assert(
      fc.property(field, (text) => {
        const list = parseEntityTagList(text);
        const only = list.kind === "tags" && list.tags.length === 1 && !/^[ \t,]|[ \t,]$/.test(text);
        assert.deepEqual(parseEntityTag(text), only ? list.tags[0] : undefined);
      }),
      { numRuns: 10_000 },
    );
  });
});

describe("an entity-tag", () => {
  const opaque = fc.string({ unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)) });
  const entityTag = fc.record({ weak: fc.boolean(), opaque: opaque.filter(isOpaque) });

  test("is read as it was written", () => {
    fc.assert(
      fc.property(entityTag, (tag) => {
        expect(parseEntityTag(formatEntityTag(tag))).toEqual(tag);
      }),
    );
    fc.assert(
      fc.property(fc.array(entityTag, { minLength: 1, maxLength: 64 }), (tags) => {
        expect(parseEntityTagList(tags.map(formatEntityTag).join(", "))).toEqual({ kind: "tags", tags });
      }),
    );
  });

  test.each<[EntityTag, EntityTag, boolean, boolean]>([
    [weak("1"), weak("1"), false, true],
    [weak("1"), weak("2"), false, false],
    [weak("1"), strong("1"), false, true],
    [strong("1"), weak("1"), false, true],
    [strong("1"), strong("1"), true, true],
    [strong("A"), strong("a"), false, false],
    [strong(""), strong(""), true, true],
  ])("%o and %o: strong comparison %s, weak %s", (a, b, strongly, weakly) => {
    expect(strongMatch(a, b)).toBe(strongly);
    expect(weakMatch(a, b)).toBe(weakly);
  });

  test.each<[EntityTag, EntityTag | undefined]>([
    [weak("4-p0aa"), strong("4-p0aa")],
    [strong("4-p0aa-gzip"), strong("4-p0aa")],
    [strong("4-p0aa-br"), strong("4-p0aa")],
    [strong("4-p0aa-df"), strong("4-p0aa")],
    [strong("4-p0aa.v1-gzip"), strong("4-p0aa.v1")],
    [weak("4-p0aa-gzip"), strong("4-p0aa-gzip")],
    [strong("4-p0aa"), undefined],
    [strong("4-p0aa-GZIP"), undefined],
    [strong("4-p0aa-gzip2"), undefined],
    [strong("4-gzip-p0aa"), undefined],
    [strong(""), undefined],
  ])("%o was %o before a proxy changed it", (tag, original) => {
    expect(unproxied(tag)).toEqual(original);
  });

  test("is peeled layer by layer until nothing of a proxy is left", () => {
    const apacheThenNginx = unproxied(weak("4-p0aa-gzip"));
    expect(apacheThenNginx && unproxied(apacheThenNginx)).toEqual(strong("4-p0aa"));
  });
});
