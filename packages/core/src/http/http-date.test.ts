import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatHttpDate, parseHttpDate } from "./http-date.js";

const NOW = Date.UTC(2026, 10, 22, 10, 0, 0);

describe("an HTTP-date", () => {
  test.each<[string, number]>([
    ["Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000],
    ["Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777_000],
    ["Sun Nov  6 08:49:37 1994", 784_111_777_000],
    ["Wed Nov 16 08:49:37 1994", 784_975_777_000],
    ["Sun Nov 06 08:49:37 1994", 784_111_777_000],
    ["Thu, 29 Feb 2024 00:00:00 GMT", Date.UTC(2024, 1, 29)],
    ["Tue, 29 Feb 2000 23:59:59 GMT", Date.UTC(2000, 1, 29, 23, 59, 59)],
    ["Sat, 31 Dec 2016 23:59:60 GMT", Date.UTC(2017, 0, 1)],
    ["Saturday, 31-Dec-16 23:59:60 GMT", Date.UTC(2017, 0, 1)],
    ["Sat Dec 31 23:59:60 2016", Date.UTC(2017, 0, 1)],
    ["Tue, 30 Jun 2015 23:59:60 GMT", Date.UTC(2015, 6, 1)],
    ["Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799_000],
    ["Sat, 01 Jan 0000 00:00:00 GMT", -62_167_219_200_000],
    ["Thu, 31 Dec 0099 00:00:00 GMT", -59_011_545_600_000],
    ["Mon, 06 Nov 1994 08:49:37 GMT", 784_111_777_000],
  ])("%j is read", (value, moment) => {
    expect(parseHttpDate(value, NOW)).toBe(moment);
  });

  test.each([
    ...[
      "",
      "0",
      "784111777",
      "1994-11-06T08:49:37Z",
      "Sun, 06 Nov 1994",
      "x".repeat(50_000),
      `${"Sun,".repeat(9_000)}`,
    ],
    ...["Sun, 06 Nov 1994 08:49:37 gmt", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 +0000"],
    ...["sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 NOV 1994 08:49:37 GMT"],
    ...["Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "Sun,  6 Nov 1994 08:49:37 GMT"],
    ...["Sun 06 Nov 1994 08:49:37 GMT", "Sun,06 Nov 1994 08:49:37 GMT", "Xyz, 06 Nov 1994 08:49:37 GMT"],
    ...["Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 23:60:00 GMT", "Sun, 06 Nov 1994 23:59:61 GMT"],
    ...["Sun, 06 Nov 1994 08:49:60 GMT", "Sun, 06 Nov 1994 23:58:60 GMT", "Sun, 06 Nov 1994 22:59:60 GMT"],
    ...["Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 08.49.37 GMT", "Sun, 06 Nov 1994 -8:49:37 GMT"],
    ...["Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 32 Jan 1994 08:49:37 GMT"],
    ...["Sun, 31 Feb 1994 08:49:37 GMT", "Wed, 29 Feb 2023 00:00:00 GMT", "Thu, 29 Feb 1900 00:00:00 GMT"],
    ...[" Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun, 06 Nov 1994\t08:49:37 GMT"],
    ...["Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 199a 08:49:37 GMT"],
    ...["Sunday, 06-Nov-1994 08:49:37 GMT", "Sunday, 06 Nov 94 08:49:37 GMT", "Sun, 06-Nov-94 08:49:37 GMT"],
    ...["sunday, 06-Nov-94 08:49:37 GMT", "Sunday, 6-Nov-94 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 UTC"],
    ...["Sunday, 06-Nov-9a 08:49:37 GMT", "Sunday, 31-Nov-94 08:49:37 GMT", "Sunday,06-Nov-94 08:49:37 GMT"],
    ...["Sun Nov 6 08:49:37 1994", "Sun Nov  6 08:49:37 1994 GMT", "Sunday Nov  6 08:49:37 1994"],
    ...["Sun Nov  0 08:49:37 1994", "Sun Nov 31 08:49:37 1994", "Sun Nov  6 08:49:37 94", "Sun nov  6 08:49:37 1994"],
  ])("%j is not one", (value) => {
    expect(parseHttpDate(value, NOW)).toBeUndefined();
  });

  test.each<[string, string, string]>([
    ["2026-11-22T10:00:00Z", "Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37.000Z"],
    ["2026-11-22T10:00:00Z", "Sunday, 22-Nov-76 10:00:00 GMT", "2076-11-22T10:00:00.000Z"],
    ["2026-11-22T10:00:00Z", "Sunday, 22-Nov-76 10:00:01 GMT", "1976-11-22T10:00:01.000Z"],
    ["2026-11-22T10:00:00Z", "Sunday, 01-Jan-27 00:00:00 GMT", "2027-01-01T00:00:00.000Z"],
    ["2026-11-22T10:00:00Z", "Sunday, 01-Jan-00 00:00:00 GMT", "2000-01-01T00:00:00.000Z"],
    ["2040-01-01T00:00:00Z", "Sunday, 29-Feb-00 00:00:00 GMT", "2000-02-29T00:00:00.000Z"],
    ["2080-01-01T00:00:00Z", "Sunday, 01-Jan-05 00:00:00 GMT", "2105-01-01T00:00:00.000Z"],
    ["1970-01-01T00:00:00Z", "Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37.000Z"],
    ["1970-01-01T00:00:00Z", "Sunday, 06-Nov-20 08:49:37 GMT", "1920-11-06T08:49:37.000Z"],
  ])("at %s, %j is of the year that is at most 50 ahead", (now, value, expected) => {
    expect(new Date(parseHttpDate(value, Date.parse(now)) ?? Number.NaN).toISOString()).toBe(expected);
  });

  test("that a two-digit year would put on a 29 February which never was is none", () => {
    expect(parseHttpDate("Monday, 29-Feb-00 00:00:00 GMT", Date.UTC(2080, 0, 1))).toBeUndefined();
  });
});

const SECONDS = fc.integer({ min: -62_167_219_200, max: 253_402_300_799 });

/** Where a form stands in `toUTCString`'s words, rearranged: an independent writer of all three. */
function written(moment: number, form: number): string {
  const [, short = "", day = "", month = "", year = "", time = ""] =
    /^(\w+), (\d+) (\w+) (\d+) (\S+) GMT$/.exec(new Date(moment).toUTCString()) ?? [];
  const long = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
  if (form === 0) return `${short}, ${day} ${month} ${year} ${time} GMT`;
  if (form === 1) return `${short} ${month} ${day.replace(/^0/, " ")} ${time} ${year}`;
  return `${long.find((name) => name.startsWith(short))}, ${day}-${month}-${year.slice(-2)} ${time} GMT`;
}

describe("any moment", () => {
  test("is read as it was written, to the second", () => {
    fc.assert(
      fc.property(SECONDS, fc.integer({ min: 0, max: 999 }), (seconds, milliseconds) => {
        const text = formatHttpDate(seconds * 1000 + milliseconds);
        assert.equal(text.length, 29);
        assert.equal(parseHttpDate(text, NOW), seconds * 1000);
        assert.equal(parseHttpDate(written(seconds * 1000, 1), NOW), seconds * 1000);
      }),
      { numRuns: 10_000 },
    );
  });

  test("of the 50 years on either side is read from two digits of its year", () => {
    const aroundNow = fc.integer({ min: Date.UTC(1977, 0, 1) / 1000, max: Date.UTC(2075, 11, 31) / 1000 });
    fc.assert(
      fc.property(aroundNow, (seconds) => {
        assert.equal(parseHttpDate(written(seconds * 1000, 2), NOW), seconds * 1000);
      }),
      { numRuns: 10_000 },
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -62_167_219_200_001, 253_402_300_800_000])(
    "outside the years 0 to 9999 is refused: %d",
    (moment) => expect(() => formatHttpDate(moment)).toThrow(RangeError),
  );
});

const MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
const TIME = "(\\d\\d):(\\d\\d):(\\d\\d)";
const FORMS = [
  new RegExp(`^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat), (?<d>\\d\\d) (?<m>${MONTH}) (?<y>\\d{4}) (?<t>${TIME}) GMT$`),
  new RegExp(`^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat) (?<m>${MONTH}) (?<d>\\d\\d| \\d) (?<t>${TIME}) (?<y>\\d{4})$`),
  new RegExp(
    `^(?:Sun|Mon|Tues|Wednes|Thurs|Fri|Satur)day, (?<d>\\d\\d)-(?<m>${MONTH})-(?<y>\\d\\d) (?<t>${TIME}) GMT$`,
  ),
];

/**
 * The grammar as regular expressions, and the calendar as JavaScript knows it: a day that is none does not come back.
 */
function reference(value: string): number | undefined {
  const groups = FORMS.map((form) => form.exec(value)?.groups).find((found) => found !== undefined);
  if (groups === undefined) return undefined;
  const { d = "", m = "", y = "", t = "" } = groups;
  const leap = t === "23:59:60";
  const years = y.length === 4 ? [y] : [`20${y}`, `19${y}`];
  for (const year of years) {
    const [day, time] = [d.trim().padStart(2, "0"), leap ? "23:59:59" : t];
    const wanted = `${day} ${m} ${year} ${time} GMT`;
    const month = String(MONTH.indexOf(m) / 4 + 0.75).padStart(2, "0");
    const moment = Date.parse(`${year}-${month}-${day}T${time}Z`);
    const limit = y.length === 4 ? Number.POSITIVE_INFINITY : Date.UTC(2076, 10, 22, 10, 0, 0);
    if (moment + (leap ? 1000 : 0) > limit) continue;
    const exists = !Number.isNaN(moment) && new Date(moment).toUTCString().endsWith(wanted);
    return exists ? moment + (leap ? 1000 : 0) : undefined;
  }
  return undefined;
}

test("any text at all is read as the grammar and the calendar say", () => {
  const recent = fc.integer({ min: Date.UTC(1928, 0, 1) / 1000, max: Date.UTC(2075, 11, 31) / 1000 });
  const date = fc.tuple(recent, fc.integer({ min: 0, max: 2 })).map(([seconds, form]) => written(seconds * 1000, form));
  const edit = fc.tuple(fc.nat(30), fc.constantFrom(..."0123456789 :,-GgSa", "60", "59", "23", "Feb", "29", "31", ""));
  const edited = fc
    .tuple(date, fc.array(edit, { maxLength: 3 }))
    .map(([text, edits]) =>
      edits.reduce((line, [at, piece]) => line.slice(0, at) + piece + line.slice(at + piece.length), text),
    );
  fc.assert(
    fc.property(fc.oneof(edited, edited, fc.string()), (text) => {
      assert.equal(parseHttpDate(text, NOW), reference(text));
    }),
    { numRuns: 10_000 },
  );
});
