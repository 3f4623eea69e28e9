import type { ProblemEntry } from "@unclash/core";
import type { Json } from "@unclash/core/json";
import { sentences } from "../http/sentences.js";
import { type EventFilter, isResourcePattern, isTypePattern } from "./event-filter.js";
import { namesOf } from "./event-query.js";
import type { NotifiedExchange } from "./notified-exchange.js";

/** What the members of a filter are checked by, and where what is wrong with them is added. */
export interface FilterCheck {
  readonly exchange: NotifiedExchange;
  readonly patternsMax: number;
  readonly faults: ProblemEntry[];
}

/** Patterns of resources, at least one, each once. */
export function readResources(given: Json | undefined, check: FilterCheck): readonly string[] {
  const { isKnown } = namesOf(check.exchange);
  const isPattern = (text: string): boolean => isResourcePattern(text, isKnown);
  const read = readPatterns(given, { name: "resources", isPattern, detail: sentences.resourceItem }, check);
  if (read !== undefined && read.length === 0) refuseList("resources", check);
  return read ?? [];
}

/** Patterns of types, each once; none means all. */
export function readTypes(given: Json, check: FilterCheck): readonly string[] {
  const rule: PatternRule = { name: "types", isPattern: isTypePattern, detail: sentences.typeItem };
  return readPatterns(given, rule, check) ?? [];
}

/** What is wrong with a filter whose patterns are too many. */
export function filterFaults({ resources, types }: EventFilter, patternsMax: number): readonly ProblemEntry[] {
  if (resources.length + types.length <= patternsMax) return [];
  return [{ pointer: "/resources", detail: sentences.patternList("resources", patternsMax) }];
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
