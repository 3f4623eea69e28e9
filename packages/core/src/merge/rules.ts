import { isJsonObject, type Json } from "../json/value.js";
import type { PlacedPolicy } from "./policy.js";

/** Places that stand or fall together. */
export interface Group {
  /** The segments that all its places begin with. */
  readonly anchor: readonly string[];
  /** What follows in each of them. */
  readonly tails: readonly (readonly string[])[];
}

/** What is set for the places that a pattern matches: a node in the tree of all patterns. */
export interface Rule {
  readonly children: Map<string, Rule>;
  /** What follows under `*`. */
  any: Rule | undefined;
  placed: PlacedPolicy | undefined;
  /** The groups whose places begin here. */
  readonly anchored: Group[];
  /** The group that one of its places ends in here. */
  ending: Group | undefined;
  /** The groups that have a place below here, and are anchored above or here. */
  readonly passing: Group[];
}

export function createRule(): Rule {
  return {
    children: new Map(),
    any: undefined,
    placed: undefined,
    anchored: [],
    ending: undefined,
    passing: [],
  };
}

export function placePolicy(root: Rule, tokens: readonly string[], placed: PlacedPolicy): void {
  let rule = root;
  for (const token of tokens) rule = childOf(rule, token);
  rule.placed = placed;
}

export function placeGroup(root: Rule, group: Group): void {
  let anchor = root;
  for (const token of group.anchor) anchor = childOf(anchor, token);
  anchor.anchored.push(group);
  for (const tail of group.tails) {
    let rule = anchor;
    for (const token of tail) {
      rule.passing.push(group);
      rule = childOf(rule, token);
    }
    rule.ending = group;
  }
}

function childOf(rule: Rule, token: string): Rule {
  if (token === "*") {
    rule.any ??= createRule();
    return rule.any;
  }
  const known = rule.children.get(token);
  if (known !== undefined) return known;
  const child = createRule();
  rule.children.set(token, child);
  return child;
}

/** No rule is for a place, and none for what is below it. */
export const noRules: readonly Rule[] = [];

/** The rules for a member or item, those that name it before those that say `*`. */
export function rulesBelow(rules: readonly Rule[], step: string | number): readonly Rule[] {
  if (rules.length === 0) return noRules;
  const below: Rule[] = [];
  for (const rule of rules) {
    const named = rule.children.get(String(step));
    if (named !== undefined) below.push(named);
    if (rule.any !== undefined) below.push(rule.any);
  }
  return below.length === 0 ? noRules : below;
}

/** What is at the end of a tail; or where it leads into something that is no object, that. */
export function valueAtTail(value: Json | undefined, tail: readonly string[]): Json | undefined {
  let at = value;
  for (const token of tail) {
    if (!isJsonObject(at)) return at;
    at = Object.hasOwn(at, token) ? at[token] : undefined;
  }
  return at;
}
