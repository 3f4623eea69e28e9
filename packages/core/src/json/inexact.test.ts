import fc from "fast-check";
import { expect, test } from "vitest";
import { findInexactNumber } from "./inexact.js";

test.each([
  ["9007199254740993", ""],
  ['{"a":9007199254740993}', "/a"],
  ['{"a":[1,{"b/c":-9007199254740993}]}', "/a/1/b~1c"],
  ['{"a":"9007199254740993","b":[],"c":{},"\\u0064":123456789012345678}', "/d"],
  ["[9007199254740993.0]", "/0"],
  ["[1, 900719925474.0993e4]", "/1"],
  ['{"a":1e-400}', "/a"],
  [`[0.${"0".repeat(400)}1]`, "/0"],
])("%s holds a number that would be stored as another one", (text, pointer) => {
  expect(findInexactNumber(text)).toBe(pointer);
});

test.each([
  "0",
  "-0",
  "0e-999",
  "0.0000000000000000000",
  "9007199254740992",
  "9007199254740994",
  "-9007199254740996",
  "1e23",
  "100000000000000000000000",
  "1e400",
  "0.1234567890123456789",
  "52.520006599999998",
  '"9007199254740993"',
  '{"9007199254740993":"\\"9007199254740993"}',
  "5e-324",
  "1e-300",
])("%s does not", (text) => {
  JSON.parse(text);
  expect(findInexactNumber(text)).toBeUndefined();
});

test("no number that JSON.stringify writes is refused; an integer is where it would be written as another", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.double({ noNaN: true, noDefaultInfinity: true }), (value, number) => {
      expect(findInexactNumber(JSON.stringify([value, number]))).toBeUndefined();
    }),
  );
  // Below 2^69 no integer is printed with an exponent.
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 69n), max: 2n ** 69n }), (integer) => {
      const isKept = String(Number(integer)) === String(integer);
      expect(findInexactNumber(`[${integer}]`)).toBe(isKept ? undefined : "/0");
    }),
  );
});

test("such a number is found wherever it stands", () => {
  for (let before = 0; before < 40; before += 1) {
    const blanks = " ".repeat(before);
    expect(findInexactNumber(`${blanks}[9007199254740993]`), `${before}`).toBe("/0");
    expect(findInexactNumber(`[${blanks}1E-400]`), `${before}`).toBe("/0");
    expect(findInexactNumber(`[123456789012345,${blanks}"9007199254740993"]`), `${before}`).toBeUndefined();
  }
});
