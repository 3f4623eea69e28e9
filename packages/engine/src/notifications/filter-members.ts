import type { ProblemEntry } from "@unclash/core";
import type { Json } from "@unclash/core/json";
import { sentences } from "../http/sentences.js";
import { collectionOf } from "../resources/collection-exchange.js";
import { isResourcePattern, isTypePattern } from "./event-filter.js";
import type { NotifiedExchange } from "./notified-exchange.js";

/** What the members of a filter are checked by, and where what is wrong with them is added. */
export interface FilterCheck {
  readonly exchange: NotifiedExchange;
  readonly patternsMax: number;
  readonly faults: ProblemEntry[];
}

/** Whether there are resources of this name, to callers of this API version: a collection, or of an app's own. */
export function knowsName(exchange: NotifiedExchange, name: string): boolean {
  return (
    collectionOf(exchange, `${name}/`) !== undefined ||
    exchange.settings.guardedConflicts.has(name) ||
    name === "transactions"
  );
}

/** Patterns of resources, at least one, each once. */
export function readResources(given: Json | undefined, check: FilterCheck): readonly string[] {
  const isKnown = (name: string): boolean => knowsName(check.exchange, name);
  const isPattern = (text: string): boolean => isResourcePattern(text, isKnown);
  const read = readPatterns(given, { name: "resources", isPattern, detail: sentences.resourcePattern }, check);
  if (read !== undefined && read.length === 0) refuseList("resources", check);
  return read ?? [];
}

/** Patterns of types, each once; none means all. */
export function readTypes(given: Json, check: FilterCheck): readonly string[] {
  const rule: PatternRule = { name: "types", isPattern: isTypePattern, detail: sentences.typePattern };
  return readPatterns(given, rule, check) ?? [];
}

interface PatternRule {
  readonly name: "resources" | "types";
  readonly isPattern: (text: string) => boolean;
  readonly detail: string;
}

/** Adds all that is wrong to the faults; `undefined` where it is no list of texts that could be looked at. */
function readPatterns(
  given: Json | undefined,
  { name, isPattern, detail }: PatternRule,
  check: FilterCheck,
): readonly string[] | undefined {
  if (!Array.isArray(given) || given.length > check.patternsMax) {
    refuseList(name, check);
    return undefined;
  }
  const patterns = new Set<string>();
  for (const [at, each] of given.entries()) {
    if (typeof each === "string" && isPattern(each)) patterns.add(each);
    else check.faults.push({ pointer: `/${name}/${at}`, detail });
  }
  // What is wrong with an item is told at its place.
  return patterns.size === 0 && given.length > 0 ? undefined : [...patterns];
}

function refuseList(name: "resources" | "types", { patternsMax, faults }: FilterCheck): void {
  faults.push({ pointer: `/${name}`, detail: sentences.patternList(name, patternsMax) });
}
