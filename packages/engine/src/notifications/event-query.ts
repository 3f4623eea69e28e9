import type { ProblemEntry } from "@unclash/core";
import { sentences } from "../http/sentences.js";
import { type EventFilter, eventTypes, isResourcePattern, isTypePattern } from "./event-filter.js";
import { type NotifiedExchange, notificationsOf } from "./notified-exchange.js";

/** What stands before the `/` in the keys of events besides the names of collections and guarded resources. */
const otherNames: readonly string[] = ["transactions", "limits"];

/** Reads `resource` and `type`, each of which may be there several times. */
export function readFilter(exchange: NotifiedExchange, query: URLSearchParams, errors: ProblemEntry[]): EventFilter {
  const { filterPatternsMax } = notificationsOf(exchange).limits;
  const [resources, types] = [query.getAll("resource"), query.getAll("type")];
  if (resources.length + types.length > filterPatternsMax) {
    const detail = sentences.filterPatterns(filterPatternsMax);
    errors.push({ code: "too-many-patterns", parameter: "resource", detail });
    return { resources: [], types: [] };
  }
  const { names, isKnown } = namesOf(exchange);
  if (!resources.every((pattern) => isResourcePattern(pattern, isKnown))) {
    errors.push({ code: "malformed-resource", parameter: "resource", detail: sentences.resourcePattern(names) });
  }
  if (!types.every(isTypePattern)) {
    errors.push({ code: "malformed-type", parameter: "type", detail: sentences.typePattern(eventTypes) });
  }
  return { resources, types };
}

/** The names that resources can have, and whether one is. Guards give theirs as they please. */
export function namesOf({ settings: { collections, guardedConflicts } }: NotifiedExchange): {
  readonly names: readonly string[];
  readonly isKnown: (name: string) => boolean;
} {
  const names = [...collections.keys(), ...otherNames];
  return { names, isKnown: (name) => guardedConflicts.size > 0 || names.includes(name) };
}
