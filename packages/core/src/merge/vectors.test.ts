import { describe, expect, test } from "vitest";
import { canonicalJson } from "../json/canonical.js";
import { checkJson } from "../json/check.js";
import { defaultJsonLimits } from "../json/limits.js";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../json/value.js";
import { vectors, vectorsFolder } from "../vectors.test-support.js";
import { merge } from "./merge.js";
import type { MergeOptions } from "./options.js";

/** The cases of a file, by their names. */
function casesOf(path: string, nameOf: string): ReadonlyMap<string, JsonObject> {
  const checked = checkJson(vectors(path), defaultJsonLimits);
  const list = checked.kind === "sound" && isJsonObject(checked.value) ? checked.value["cases"] : undefined;
  return new Map((isJsonArray(list) ? list : []).filter(isJsonObject).map((each) => [String(each[nameOf]), each]));
}

function side(row: JsonObject, name: string): Json {
  const value = row[name];
  if (value === undefined) throw new Error(`no ${name} in ${JSON.stringify(row)}`);
  return value;
}

/**
 * What trimerge decides otherwise, and why it does not apply. It merges with a function for each kind of value, and
 * gives up on a value that is not of that kind, even where nothing or one side changed.
 */
const notApplicable: Readonly<Record<string, string>> = {
  "does not merge if not arrays": "all three are equal, and merge to themselves",
  "does not merge if not all objects 1": "both sides made the same of the base",
  "does not merge if not all objects 2": "mine alone changed the value, and theirs is the base",
  "does not merge if not all objects 3": "theirs alone changed the value, and mine is the base",
  "does not merge if none are objects": "all three are equal, and merge to themselves",
  "handles conflicting array move when allowed": "no policy takes the order of one side and the items of both",
  "fails on duplicate array keys 1": "equal items are items of their own, and each side changed others",
  "fails on duplicate array keys 2": "the same",
  "fails on duplicate array keys 3": "the same",
  "merges conflicting string adds": "texts are merged by lines, not inside of one",
  "merges conflicting string edit": "texts are merged by lines, not inside of one",
};

/** Kubernetes applies a wanted state: what `current` alone changed of the last one, it takes back. */
const takenBack = ["add field to map with conflict", "delete field from nested map with conflict"];

/** What trimerge asks a function that the case sets. */
const optionsOf: Readonly<Record<string, MergeOptions>> = {
  "handles remove and change in id array with removing fallback": { policies: { "/*": "mine" } },
  "handles remove and change in id array with keeping fallback": { policies: { "/*": "theirs" } },
};

describe.skipIf(vectorsFolder === undefined)("public vectors of three-way merges", () => {
  test("trimerge's are merged as it does, or clash where it gives up", () => {
    const cases = casesOf("merge3/trimerge.json", "name");
    expect([...Object.keys(notApplicable), ...Object.keys(optionsOf)].filter((name) => !cases.has(name))).toEqual([]);
    let held = 0;
    for (const [name, row] of cases) {
      if (Object.hasOwn(notApplicable, name)) continue;
      const [base, mine, theirs] = ["base", "ours", "theirs"].map((each) => inMember(side(row, each)));
      const { value, clashes } = merge(base ?? null, mine ?? null, theirs ?? null, inMemberOf(optionsOf[name]));
      expect(clashes.length > 0, name).toBe(row["conflict"] === true);
      if (clashes.length === 0) expect(canonicalJson(value), name).toBe(canonicalJson(inMember(side(row, "merged"))));
      held += 1;
    }
    expect(held).toBe(cases.size - Object.keys(notApplicable).length);
    expect(held).toBeGreaterThan(25);
  });

  test("Kubernetes' are merged as it does, where each clash is settled by mine", () => {
    const cases = casesOf("merge3/k8s-jsonmergepatch-threeway.json", "description");
    expect(cases.size).toBeGreaterThan(20);
    expect(takenBack.filter((name) => !cases.has(name))).toEqual([]);
    for (const [name, row] of cases) {
      if (takenBack.includes(name)) continue;
      const sides = [row["original"] ?? {}, side(row, "modified"), side(row, "current")] as const;
      const { clashes } = merge(...sides);
      const policies = Object.fromEntries(clashes.map(({ path }) => [path, "mine" as const]));
      const settled = merge(...sides, { policies });
      expect(settled.clashes, name).toEqual([]);
      expect(canonicalJson(settled.value), name).toBe(canonicalJson(side(row, "result")));
    }
  });

  // k8s-keep-or-drop-nulls.json splits a merge patch into what it removes and what it adds: no merge of three.
});

/** A value in a member, so that it can be absent: the vectors write `"__absent__"`. */
function inMember(value: Json): Json {
  return value === "__absent__" ? {} : { value };
}

function inMemberOf({ policies = {} }: MergeOptions = {}): MergeOptions {
  return { policies: Object.fromEntries(Object.entries(policies).map(([path, policy]) => [`/value${path}`, policy])) };
}
