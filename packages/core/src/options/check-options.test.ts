import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../errors.js";
import {
  anything,
  checkMembers,
  checkOptions,
  describeValue,
  either,
  group,
  isBoolean,
  isFunction,
  isText,
  listOf,
  nearestName,
  type OptionRule,
  oneOf,
  required,
  wholeNumber,
} from "./check-options.js";

const rules = { load: required(isFunction), keepMs: wholeNumber(1), strict: isBoolean };

function messageOf(given: unknown, path = ""): string {
  try {
    checkOptions<typeof rules>(path, given, rules);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return "sound";
}

describe("checkOptions", () => {
  test("takes what the rules allow, and leaves out what was left out", () => {
    expect(messageOf({ load: () => {}, keepMs: 1 })).toBe("sound");
    expect(messageOf({ load: () => {}, keepMs: undefined })).toBe("sound");
  });

  test.each([
    [{ laod: 1 }, "laod is not an option. Did you mean `load`? The options are load, keepMs, strict"],
    [{ keepms: 1 }, "keepms is not an option. Did you mean `keepMs`?"],
    [{ somethingElse: 1 }, "somethingElse is not an option. The options are load"],
    [{}, "load must be a function, and is undefined"],
    [{ load: Promise.resolve() }, "load must be a function, and is a promise: put `await` before it"],
    [{ load() {}, keepMs: 0 }, "keepMs must be a whole number of at least 1, and is 0"],
    [{ load() {}, strict: "false" }, 'strict must be true or false, and is "false"'],
    [undefined, "options must be an object, and is undefined"],
    [[], "options must be an object, and is an empty array"],
    [new Map(), "options must be an object, and is an object of the class Map"],
    [Promise.resolve({}), "options must be an object, and is a promise: put `await` before it"],
  ])("of %j it says %s", (given, message) => {
    expect(messageOf(given)).toContain(message);
  });

  test("names the whole path of an option", () => {
    expect(messageOf({ load() {}, kepMs: 1 }, "collections.articles")).toContain(
      "collections.articles.kepMs is not an option",
    );
  });

  test("is not led astray by names of Object.prototype", () => {
    expect(messageOf({ load() {}, constructor: 1 })).toContain("constructor is not an option.");
  });
});

test.each<[OptionRule, unknown, string | undefined]>([
  [anything, Symbol(), undefined],
  [isText, "", "must be a non-empty string"],
  [oneOf(409, 412), "409", "must be 409 or 412"],
  [oneOf("a", "b", "c"), "d", 'must be "a", "b" or "c"'],
  [wholeNumber(1, 3), 4, "must be a whole number from 1 to 3"],
  [wholeNumber(1, 3), 3, undefined],
  [listOf(isText, "names"), ["a", 1], "must be an array of names"],
  [listOf(isText, "names"), "a", "must be an array of names"],
  [either(oneOf(false), isText), true, "must be false, or a non-empty string"],
  [either(oneOf(false), isText), "a", undefined],
])("a rule says of a value what it may be", (rule, value, wrong) => {
  expect(rule(value)).toBe(wrong);
});

test("an object whose names are the app's own is held to one rule", () => {
  const check = (given: unknown) => () => checkMembers("references", given, isText);
  expect(check({ author: "people" })).not.toThrow();
  expect(check({ author: "" })).toThrow('references.author must be a non-empty string, and is ""');
  expect(check(["author"])).toThrow('references must be an object, and is ["author"]');
});

test("the nearest name is near", () => {
  const known = ["authorize", "identify", "precondition", "maxRecords"];
  expect(nearestName("authorise", known)).toBe("authorize");
  expect(nearestName("precondtion", known)).toBe("precondition");
  expect(nearestName("IDENTIFY", known)).toBe("identify");
  expect(nearestName("idnetify", known)).toBe("identify");
  expect(nearestName("prefix", known)).toBeUndefined();
  expect(nearestName("x", [])).toBeUndefined();
});

test.each<[unknown, string]>([
  [null, "null"],
  ["a".repeat(100), `"${"a".repeat(60)}…"`],
  [12n, "12"],
  [Symbol("s"), "a symbol"],
  [() => {}, "a function"],
  [new Date(0), "an object of the class Date"],
  [Object.create(null), "an empty object"],
  [{ a: 1, b: 2 }, "an object with a, b"],
  [[1, "a"], '[1, "a"]'],
  [[{}, {}], "an array of 2"],
])("a value is described in a few words", (value, words) => {
  expect(describeValue(value)).toBe(words);
});

describe("a group of options", () => {
  interface Options {
    readonly conflicts?: { readonly strategy?: string };
    readonly load?: unknown;
  }
  const grouped = { conflicts: group<{ strategy?: string }>({ strategy: isText }), load: isFunction };
  const check = (given: unknown) => () => checkOptions<Options>("articles", given, grouped);

  test("is checked by its own rules, and its options are named by their path", () => {
    expect(check({ conflicts: { strategy: "merge" } })).not.toThrow();
    expect(check({ conflicts: undefined })).not.toThrow();
    expect(check({ conflicts: { strategy: 1 } })).toThrow("articles.conflicts.strategy must be a non-empty string");
    expect(check({ conflicts: { stratgy: "a" } })).toThrow("articles.conflicts.stratgy is not an option.");
    expect(check({ conflicts: "merge" })).toThrow('articles.conflicts must be an object, and is "merge"');
  });

  test("is named where one of its options stands beside it", () => {
    const hint = "is an option of the group `conflicts`: write `conflicts: { strategy: … }`";
    expect(check({ strategy: "merge" })).toThrow(`articles.strategy ${hint}`);
  });
});
