import { describe, expect, test } from "vitest";
import { merge } from "./merge.js";
import { type MergeOptions, prepareMerge } from "./options.js";

/** What an app in plain JavaScript may write. */
function prepare(options: unknown): () => unknown {
  return () => Reflect.apply(prepareMerge, undefined, [options]);
}

describe("prepareMerge refuses", () => {
  test.each<[what: string, options: unknown, message: string]>([
    ["options that are none", [], "options must be an object, and is an empty array"],
    [
      "an unknown option",
      { polices: {} },
      "polices is not an option. Did you mean `policies`? The options are policies, ",
    ],
    ["policies that are none", { policies: "sum" }, 'policies must be an object, and is "sum"'],
    ["an unknown policy", { policies: { "/n": "summ" } }, 'policies["/n"] must be a function or one of reject, mine, '],
    ["an unknown policy, with a hint", { policies: { "/n": "summ" } }, 'and is "summ". Did you mean "sum"?'],
    ["no policy", { policies: { "/n": undefined } }, 'policies["/n"] must be a function or one of '],
    ["a path without a slash", { policies: { n: "sum" } }, 'policies["n"] is malformed. A JSON Pointer is empty or '],
    ["a path with a stray ~", { policies: { "/a~2": "sum" } }, 'policies["/a~2"] is malformed. The "~" at position 2'],
    ["groups that are none", { together: { a: 1 } }, "together must be an array of groups, and is an object with a"],
    ["a group that is none", { together: ["/a"] }, 'together[0] must be an array of JSON Pointers, and is "/a"'],
    ["an empty group", { together: [["/a"], []] }, "together[1] must be an array of JSON Pointers, and is an empty "],
    ["a path of a group that is no text", { together: [["/a", 1]] }, "together[0][1] must be a JSON Pointer, and is 1"],
    ["a malformed path of a group", { together: [["/a", "b"]] }, "together[0][1] is malformed. A JSON Pointer is "],
    ["a path in two groups", { together: [["/a"], ["/b", "/a"]] }, 'together[1][1] is "/a", which meets "/a" of toget'],
    [
      "a path twice in a group",
      { together: [["/a", "/a"]] },
      'together[0][1] is "/a", which meets "/a" of together[0]',
    ],
    ["a path inside another", { together: [["/a/b", "/a"]] }, 'together[0][1] is "/a", which meets "/a/b" of togethe'],
    [
      "a path in a group and under a policy",
      { policies: { "/a": "sum" }, together: [["/a", "/b"]] },
      'together[0][0] is "/a", which has a policy too',
    ],
    [
      "a * after the paths of a group part",
      { together: [["/a/*/x", "/b"]] },
      'together[0] may have a segment "*" only in what all its pointers begin with',
    ],
    ["limits that are none", { limits: 5 }, "limits must be an object, and is 5"],
    ["an unknown limit", { limits: { items: 5 } }, "limits.items is not an option. The options are itemsMax, linesMax"],
    [
      "a limit that is no number",
      { limits: { itemsMax: "5" } },
      "limits.itemsMax must be a whole number of at least 0",
    ],
    [
      "a limit below 0",
      { limits: { linesMax: -1 } },
      "limits.linesMax must be a whole number of at least 0, and is -1",
    ],
  ])("%s", (_what, options, message) => {
    expect(prepare(options)).toThrow(TypeError);
    expect(prepare(options)).toThrow(message);
  });

  test("the same in merge itself", () => {
    expect(() => merge(1, 2, 3, { policies: { n: "sum" } })).toThrow('policies["n"] is malformed');
  });
});

describe("a function as policy", () => {
  const mergeWith = (policy: () => unknown) => () =>
    Reflect.apply(merge, undefined, [{ n: 1 }, { n: 2 }, { n: 3 }, { policies: { "/n": policy } }]);

  test.each<[what: string, result: () => unknown, message: string]>([
    ["a promise", () => Promise.resolve(1), "returned a promise"],
    ["a date", () => new Date(0), "returned an object of the class Date"],
    ["a number that JSON has not", () => Number.NaN, "returned NaN"],
    ["a function", () => () => 1, "returned a function"],
  ])("is told that it may not give %s", (_what, result, message) => {
    expect(mergeWith(result)).toThrow(expect.objectContaining({ code: "ERR_UNCLASH_CALLBACK" }));
    expect(mergeWith(result)).toThrow(`policies["/n"] must return a JSON value or undefined, and ${message}`);
  });

  test("can't change what is merged", () => {
    const theirs = { o: { x: 1 }, n: 3 };
    const spoil = (side: unknown) => Object.assign(Object(side), { spoilt: true });
    const policies: MergeOptions["policies"] = {
      "/o": (sides) => {
        for (const side of [sides.base, sides.mine, sides.theirs]) spoil(side);
        return undefined;
      },
    };
    const { value } = merge({ o: { x: 0 }, n: 1 }, { o: { x: 2 }, n: 1 }, theirs, { policies });
    expect(value).toEqual({ o: { x: 1 }, n: 3 });
    expect(theirs).toEqual({ o: { x: 1 }, n: 3 });
  });

  test("may give a part of what it is given, and the result shares nothing with it", () => {
    const kept: unknown[] = [];
    const policies: MergeOptions["policies"] = {
      "/o": ({ theirs = null }) => {
        kept.push(theirs);
        return theirs;
      },
    };
    const { value } = merge({ o: [1] }, { o: [2] }, { o: [3] }, { policies });
    expect(value).toEqual({ o: [3] });
    expect(Object(value).o).not.toBe(kept[0]);
  });
});
