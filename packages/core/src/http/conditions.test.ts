import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Conditions } from "../precondition.js";
import { type ConditionFacts, type ParsedConditions, parseConditions, unsupportedConditions } from "./conditions.js";

const NOW = Date.UTC(2026, 10, 22, 10, 0, 0);
const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
const MOMENT = 784_111_777_000;

/** The request as its method, its headers, and the version in its body. */
function parse(method: string, headers: Readonly<Record<string, string>>, version?: number): ParsedConditions {
  const lines = new Map(Object.entries(headers));
  const facts: ConditionFacts = { method, now: NOW, ...(version === undefined ? {} : { version }) };
  return parseConditions((name) => lines.get(name), facts);
}

const tags = (...opaque: string[]) => ({ kind: "tags", tags: opaque.map((text) => ({ weak: false, opaque: text })) });

describe("the conditions of a request", () => {
  test.each<[string, string, Record<string, string>, object]>([
    ["none", "PUT", {}, {}],
    ["If-Match", "PUT", { "if-match": '"a", "b"' }, { ifMatch: tags("a", "b") }],
    ["If-Match: *", "DELETE", { "if-match": "*" }, { ifMatch: { kind: "any" } }],
    ['If-Match: "*"', "PUT", { "if-match": '"*"' }, { ifMatch: tags("*") }],
    ["If-Match of obs-text", "PUT", { "if-match": '"\xe9"' }, { ifMatch: tags("\xe9") }],
    ["If-None-Match", "GET", { "if-none-match": '"a"' }, { ifNoneMatch: tags("a") }],
    ["If-None-Match: *", "PUT", { "if-none-match": "*" }, { ifNoneMatch: { kind: "any" } }],
    ["both", "PUT", { "if-match": "*", "if-none-match": '"a"' }, { ifMatch: { kind: "any" }, ifNoneMatch: tags("a") }],
    ["If-Unmodified-Since", "PUT", { "if-unmodified-since": DATE }, { ifUnmodifiedSince: MOMENT }],
    ["If-Unmodified-Since on a read", "GET", { "if-unmodified-since": DATE }, { ifUnmodifiedSince: MOMENT }],
    ["If-Modified-Since on GET", "GET", { "if-modified-since": DATE }, { ifModifiedSince: MOMENT }],
    ["If-Modified-Since on HEAD", "HEAD", { "if-modified-since": DATE }, { ifModifiedSince: MOMENT }],
    ["If-Modified-Since on a write", "PUT", { "if-modified-since": DATE }, {}],
    ["a date that is none", "GET", { "if-modified-since": "0", "if-unmodified-since": "yesterday" }, {}],
    ["an empty date", "PUT", { "if-unmodified-since": "" }, {}],
    ["a list of dates", "PUT", { "if-unmodified-since": `${DATE}, ${DATE}` }, {}],
    [
      "If-Range, a tag",
      "GET",
      { range: "bytes=0-1", "if-range": '"a"' },
      { ifRange: { kind: "tag", tag: { weak: false, opaque: "a" } } },
    ],
    [
      "If-Range, a weak tag",
      "GET",
      { range: "bytes=0-1", "if-range": 'W/"a"' },
      { ifRange: { kind: "tag", tag: { weak: true, opaque: "a" } } },
    ],
    ["If-Range, a date", "GET", { range: "bytes=0-1", "if-range": DATE }, { ifRange: { kind: "date", date: MOMENT } }],
    ["If-Range, a list", "GET", { range: "bytes=0-1", "if-range": '"a","b"' }, { ifRange: { kind: "unreadable" } }],
    ["If-Range, neither", "GET", { range: "bytes=0-1", "if-range": "a" }, { ifRange: { kind: "unreadable" } }],
    ["If-Range, empty", "GET", { range: "bytes=0-1", "if-range": "" }, { ifRange: { kind: "unreadable" } }],
    ["If-Range without Range", "GET", { "if-range": '"a"' }, {}],
    ["If-Range on HEAD", "HEAD", { range: "bytes=0-1", "if-range": '"a"' }, {}],
    ["Range alone", "GET", { range: "bytes=0-1" }, {}],
  ])("%s on %s", (_, method, headers, conditions) => {
    expect(parse(method, headers)).toEqual({ kind: "conditions", conditions });
  });

  test("hold the version that the body names", () => {
    expect(parse("PUT", {}, 4)).toEqual({ kind: "conditions", conditions: { version: 4 } });
    expect(parse("PUT", {}, 0)).toEqual({ kind: "conditions", conditions: { version: 0 } });
  });

  test.each(["OPTIONS", "TRACE", "CONNECT"])("are none on %s, malformed or not", (method) => {
    const headers = { "if-match": "", "if-none-match": '"a', "if-unmodified-since": DATE };
    expect(parse(method, headers, 4)).toEqual({ kind: "conditions", conditions: {} });
  });

  test("read a year of two digits by the time that is handed in", () => {
    const at = (now: number) =>
      parseConditions((name) => (name === "if-unmodified-since" ? "Monday, 01-Jan-80 00:00:00 GMT" : undefined), {
        method: "PUT",
        now,
      });
    expect(at(NOW)).toMatchObject({ conditions: { ifUnmodifiedSince: Date.UTC(1980, 0, 1) } });
    expect(at(Date.UTC(2040, 0, 1))).toMatchObject({ conditions: { ifUnmodifiedSince: Date.UTC(2080, 0, 1) } });
  });
});

describe("conditions that can't be read", () => {
  test.each<[string, string, string]>([
    ["if-match", "", "malformed-etag"],
    ["if-match", " ", "malformed-etag"],
    ["if-match", ",", "malformed-etag"],
    ["if-match", "abc", "malformed-etag"],
    ["if-match", '"a', "malformed-etag"],
    ["if-match", '"a"b"', "malformed-etag"],
    ["if-match", '"a";', "malformed-etag"],
    ["if-match", '*, "a"', "malformed-etag"],
    ["if-match", `"a"${" ".repeat(15_000)}"b"`, "malformed-etag"],
    ["if-match", '"a",'.repeat(65), "too-many-etags"],
    ["if-match", '"a",'.repeat(3_700), "too-many-etags"],
    ["if-none-match", "", "malformed-etag"],
    ["if-none-match", "abc", "malformed-etag"],
    ["if-none-match", '"a",'.repeat(65), "too-many-etags"],
  ])("%s: %.20s is %3$s", (name, field, code) => {
    const header = name === "if-match" ? "If-Match" : "If-None-Match";
    const writes = ["POST", "PUT", "PATCH", "DELETE"];
    for (const method of header === "If-Match" ? ["GET", "HEAD", ...writes] : writes) {
      const parsed = parse(method, { [name]: field });
      expect(parsed).toEqual({ kind: "malformed", errors: [{ code, header, detail: expect.any(String) }] });
    }
  });

  test.each(["", "abc", '*, "a"', '"a",'.repeat(65)])("count as absent in If-None-Match: %.20s of a read", (field) => {
    for (const method of ["GET", "HEAD"]) {
      const headers = { "if-none-match": field, "if-modified-since": DATE };
      expect(parse(method, headers)).toEqual({ kind: "conditions", conditions: { ifModifiedSince: MOMENT } });
    }
  });

  test("are all told", () => {
    expect(parse("PUT", { "if-match": "", "if-none-match": '"a",'.repeat(65) })).toMatchObject({
      errors: [
        { code: "malformed-etag", header: "If-Match" },
        { code: "too-many-etags", header: "If-None-Match" },
      ],
    });
  });

  test("are as many as the caller sets", () => {
    const header = (name: string) => (name === "if-match" ? '"a", "b", "c"' : undefined);
    const facts = { method: "PUT", now: NOW };
    expect(parseConditions(header, facts, { tagsMax: 3 }).kind).toBe("conditions");
    expect(parseConditions(header, facts, { tagsMax: 2 }).kind).toBe("malformed");
  });
});

describe("a header and a body that disagree", () => {
  const contradiction = {
    kind: "malformed",
    errors: [
      {
        code: "contradictory-preconditions",
        header: "If-Match",
        detail: "The content names version 7, and If-Match only others.",
      },
    ],
  };
  test.each(['"8-p0aa"', '"8-p0aa.v1"', '"8-p0aa", "6-k2x9"', 'W/"8-p0aa"', '"8-p0aa-gzip"', '"70-a"'])(
    "If-Match: %s, and version 7",
    (field) => expect(parse("PUT", { "if-match": field }, 7)).toEqual(contradiction),
  );

  test.each(["*", '"7-p0aa"', '"8-p0aa", "7-k2x9"', '"abc"', '"8-p0aa", "abc"', '"abc", "8-p0aa"', '"8"', '"08-a"'])(
    "is not what they do with If-Match: %s and version 7",
    (field) => {
      expect(parse("PUT", { "if-match": field }, 7)).toMatchObject({ kind: "conditions", conditions: { version: 7 } });
    },
  );

  const withTag = (ifMatch: string, opaque: string, more: Partial<ConditionFacts> = {}): ParsedConditions =>
    parseConditions((name) => (name === "if-match" ? ifMatch : undefined), {
      method: "PUT",
      now: NOW,
      etag: { weak: false, opaque },
      ...more,
    });

  test.each(['"8-p0aa"', '"abc", "def"', 'W/"7-p0a"', '"7-p0aa.v1"'])("If-Match: %s, and the tag 7-p0aa", (field) => {
    expect(withTag(field, "7-p0aa")).toMatchObject({
      errors: [{ code: "contradictory-preconditions", header: "If-Match" }],
    });
  });

  test.each(["*", '"7-p0aa"', '"8-p0aa", "7-p0aa"', 'W/"7-p0aa"', '"7-p0aa-gzip"', 'W/"7-p0aa-br"'])(
    "is not what they do with If-Match: %s and the tag 7-p0aa",
    (field) => {
      const conditions = { etag: { weak: false, opaque: "7-p0aa" } };
      expect(withTag(field, "7-p0aa")).toMatchObject({ kind: "conditions", conditions });
    },
  );

  test("is not what they do where a tag only looks as if it held a version", () => {
    expect(withTag('"8-p0aa"', "8-p0aa", { version: 7 }).kind).toBe("malformed");
    expect(withTag('"8-p0aa"', "8-p0aa", { version: 7, tagsHoldVersions: false }).kind).toBe("conditions");
  });

  test("are judged by If-Match alone", () => {
    expect(parse("PUT", { "if-none-match": '"8-p0aa"' }, 7).kind).toBe("conditions");
  });
});

describe("unsupportedConditions names what a POST to a collection cannot have", () => {
  test.each([
    [{}, []],
    [{ "if-match": "*", "if-none-match": "*" }, []],
    [{ "if-match": '"4-p0aa"' }, ["If-Match"]],
    [{ "if-none-match": '"4-p0aa", "5-p0aa"' }, ["If-None-Match"]],
    [{ "if-unmodified-since": DATE }, ["If-Unmodified-Since"]],
    [
      { "if-match": '"a"', "if-none-match": '"b"', "if-unmodified-since": DATE },
      ["If-Match", "If-None-Match", "If-Unmodified-Since"],
    ],
  ])("%j", (headers, unsupported) => {
    const parsed = parse("POST", headers);
    assert(parsed.kind === "conditions");
    const entries = unsupportedConditions(parsed.conditions);
    expect(entries.map(({ code, header }) => [code, header])).toEqual(
      unsupported.map((header) => ["unsupported-precondition", header]),
    );
  });

  test("and says what is allowed", () => {
    const conditions: Conditions = { ifMatch: { kind: "tags", tags: [] }, ifUnmodifiedSince: MOMENT };
    expect(unsupportedConditions(conditions).map(({ detail }) => detail)).toEqual([
      "If-Match must be `*` or not be sent with a POST to a collection.",
      "If-Unmodified-Since must not be sent with a POST to a collection.",
    ]);
  });
});

test("any headers at all are conditions or errors, and what is malformed is never passed for absent", () => {
  const piece = fc.constantFrom('"a"', '"4-a"', "W/", '"', "*", ",", " ", DATE, "x", "\xe9", "Sun");
  const value = fc.option(
    fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join("")),
    { nil: undefined },
  );
  const NAMES = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "range", "if-range"];
  const method = fc.constantFrom("GET", "HEAD", "PUT", "PATCH", "DELETE", "POST");
  const version = fc.option(fc.integer({ min: 3, max: 4 }), { nil: undefined });
  fc.assert(
    fc.property(method, fc.tuple(value, value, value, value, value, value), version, (name, values, named) => {
      const headers = Object.fromEntries(
        values.flatMap((text, index) => (text === undefined ? [] : [[NAMES[index] ?? "", text]])),
      );
      const parsed = parse(name, headers, named);
      if (parsed.kind === "malformed") {
        const sources = parsed.errors.map((error) => headers[error.header.toLowerCase()]);
        assert(!sources.includes(undefined) && sources.length > 0, `${sources}`);
        return;
      }
      const {
        ifMatch,
        ifNoneMatch,
        ifModifiedSince,
        ifUnmodifiedSince,
        ifRange,
        version: kept,
      }: Conditions = parsed.conditions;
      assert.equal(ifMatch !== undefined, headers["if-match"] !== undefined);
      assert.equal(ifUnmodifiedSince, headers["if-unmodified-since"] === DATE ? MOMENT : undefined);
      const isRead = name === "GET" || name === "HEAD";
      assert(isRead || (ifNoneMatch !== undefined) === (headers["if-none-match"] !== undefined));
      assert(ifNoneMatch === undefined || headers["if-none-match"] !== undefined);
      assert.equal(ifModifiedSince, isRead && headers["if-modified-since"] === DATE ? MOMENT : undefined);
      const { range, "if-range": condition } = headers;
      const asksForRange = name === "GET" && range !== undefined && condition !== undefined;
      assert.equal(ifRange !== undefined, asksForRange);
      assert.equal(kept, named);
    }),
    { numRuns: 10_000 },
  );
});
