import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { type CurrentState, evaluatePreconditions, type PreconditionDecision } from "../precondition.js";
import { vectors, vectorsFolder } from "../vectors.test-support.js";
import { parseConditions } from "./conditions.js";
import { formatEntityTag, parseEntityTag, strongMatch, weakMatch } from "./entity-tag.js";
import { formatHttpDate, parseHttpDate } from "./http-date.js";
import { parsePrefer, preferredReturn, preferredWaitSeconds } from "./prefer.js";
import { contentTag } from "./version-tag.js";

const NOW = Date.UTC(2026, 10, 22, 10, 0, 0);

/** Rows of `jshttp/fresh` that state something else than RFC 9110, each with the reason why it is not held here. */
const OTHER_THAN_RFC_9110: ReadonlyMap<string, string> = new Map([
  ["star inside a list is ignored", "RFC 9110 §13.1.2: such a list is malformed, which is answered 400"],
  ["no-cache beats matching inm", "RFC 9110 §13.2 knows no part for Cache-Control in a request at the origin"],
  ["no-cache beats matching ims", "RFC 9110 §13.2 knows no part for Cache-Control in a request at the origin"],
]);

describe.skipIf(vectorsFolder === undefined)("public test vectors", () => {
  test("entity-tags compare as the table of RFC 9110 §8.8.3.2 says", () => {
    const row = z.object({
      a: z.string(),
      b: z.string(),
      b_valid: z.boolean().default(true),
      strong: z.boolean(),
      weak: z.boolean(),
    });
    const { cases } = table(row).parse(vectors("http-conditional/etag-compare.json"));
    for (const { a, b, b_valid, ...expected } of cases) {
      const [left, right] = [parseEntityTag(a), parseEntityTag(b)];
      expect(right !== undefined, b).toBe(b_valid);
      const compared = left !== undefined && right !== undefined;
      const found = { strong: compared && strongMatch(left, right), weak: compared && weakMatch(left, right) };
      expect(found, `${a} and ${b}`).toEqual(expected);
    }
    expect(cases.length).toBeGreaterThanOrEqual(10);
  });

  test("a read is answered 304 where jshttp/fresh calls it fresh", () => {
    const headers = z.record(z.string(), z.string());
    const row = z.object({ name: z.string(), req: headers, res: headers, fresh: z.boolean() });
    const { cases } = table(row).parse(vectors("fresh-etag/fresh.json"));
    const held = cases.filter(({ name }) => !OTHER_THAN_RFC_9110.has(name));
    expect(cases.length - held.length).toBe(OTHER_THAN_RFC_9110.size);
    for (const { name, req, res, fresh } of held) {
      for (const method of ["GET", "HEAD"]) {
        expect(read(method, req, res), name).toEqual({ kind: fresh ? "not-modified" : "proceed" });
      }
    }
    expect(held.length).toBeGreaterThanOrEqual(20);
  });

  test("the entity-tags that Express makes are read, and made of the same digest", () => {
    const row = z.object({
      input_utf8: z.string().optional(),
      etag: z.string(),
      weak_form: z.string().optional(),
    });
    const { cases } = table(row).parse(vectors("fresh-etag/etag-generation.json"));
    for (const { input_utf8: input, etag, weak_form: weakForm } of cases) {
      for (const tag of weakForm === undefined ? [etag] : [etag, weakForm]) {
        const read = parseEntityTag(tag);
        expect(read && formatEntityTag(read)).toBe(tag);
      }
      if (input !== undefined) expect(contentTag(input, expressDigest)).toBe(etag);
    }
    expect(cases.length).toBeGreaterThanOrEqual(5);
  });

  test("HTTP-dates are those of RFC 9110 §5.6.7", () => {
    const row = z.object({
      value: z.string(),
      unix: z.number().optional(),
      valid: z.boolean().default(true),
      format: z.string().optional(),
    });
    const { cases } = table(row).parse(vectors("http-date/http-date.json"));
    for (const { value, unix, valid, format } of cases) {
      const moment = parseHttpDate(value, NOW);
      expect(moment !== undefined, value).toBe(valid);
      if (unix === undefined || moment === undefined) continue;
      expect(moment, value).toBe(unix * 1000);
      if (format === "imf-fixdate") expect(formatHttpDate(moment)).toBe(value);
    }
    expect(cases.length).toBeGreaterThanOrEqual(15);
  });

  test("preferences are those of RFC 7240", () => {
    const prefs = z.record(z.string(), z.union([z.string(), z.literal(true)]));
    const row = z.object({ value: z.union([z.string(), z.array(z.string())]), prefs });
    const { cases } = table(row).parse(vectors("prefer/prefer.json"));
    for (const { value, prefs: expected } of cases) {
      const field = [value].flat().join(", ");
      expect(understood(field), field).toEqual(field === BOTH_RETURNS ? { return: "minimal" } : expected);
    }
    expect(cases.map(({ value }) => value)).toContain(BOTH_RETURNS);
    expect(cases.length).toBeGreaterThanOrEqual(15);
  });
});

/** RFC 7240 §4.2 lets a server take this for neither; here the first wins, as §2 says of any name. */
const BOTH_RETURNS = "return=minimal, return=representation";

function table<Row extends z.ZodType>(row: Row): z.ZodObject<{ cases: z.ZodArray<Row> }> {
  return z.object({ cases: z.array(row) });
}

/** A read of a state that has these response headers. What can't be read in them is absent. */
function read(
  method: string,
  request: Readonly<Record<string, string>>,
  response: Readonly<Record<string, string>>,
): PreconditionDecision | { kind: "malformed" } {
  const parsed = parseConditions((name) => request[name], { method, now: NOW });
  if (parsed.kind === "malformed") return { kind: "malformed" };
  const { etag: tag = "", "last-modified": date = "" } = response;
  const etag = parseEntityTag(tag);
  const modifiedAt = parseHttpDate(date, NOW);
  const state: CurrentState = {
    kind: "present",
    ...(etag === undefined ? {} : { etag }),
    ...(modifiedAt === undefined ? {} : { modifiedAt }),
  };
  return evaluatePreconditions(method, parsed.conditions, state);
}

/** The preferences that are left once `wait` and `return` are read for what they mean. */
function understood(field: string): Record<string, string | true> {
  const preferences = parsePrefer(field);
  const meanings = new Map(preferences);
  if (preferredWaitSeconds(preferences, Number.POSITIVE_INFINITY) === undefined) meanings.delete("wait");
  if (preferredReturn(preferences) === undefined) meanings.delete("return");
  return Object.fromEntries(meanings);
}

/** The length in hexadecimal and the first 27 characters of the SHA-1 in base64. */
function expressDigest(content: string): string {
  const hash = createHash("sha1").update(content).digest("base64").slice(0, 27);
  return `${Buffer.byteLength(content).toString(16)}-${hash}`;
}
