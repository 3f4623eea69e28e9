import type { Conditions, ProblemEntry } from "@unclash/core";
import type { GuardExchange } from "../guards/guard-exchange.js";
import type { LoadedState } from "../states/loaded-state.js";
import { shownVersionOf } from "../states/row-state.js";

/** The version of conditions whose text has still to be held against a state: it equals none. */
export const notCompared: number = Number.NaN;

/** What the conditions of a request are, once its version's text is held against the state. */
export interface ComparedVersion {
  readonly conditions: Conditions;
  /** The text names the version that the state has, though that is no number. */
  readonly isCurrent: boolean;
}

/**
 * Holds the version in the content, where it is a text, against what the state shows: a `bigint` and a `Date` are texts in JSON.
 * Nothing where the state's version is a number, which no text is.
 */
export function compareVersionText(
  { versionText: text }: GuardExchange,
  conditions: Conditions,
  state: LoadedState | undefined,
): ComparedVersion | undefined {
  if (text === undefined || state === undefined) return { conditions, isCurrent: false };
  if (typeof state.version === "number") return undefined;
  if (!isShownAs(state.version, text)) return { conditions, isCurrent: false };
  return { conditions: { ...conditions, version: shownVersionOf(state) ?? 0 }, isCurrent: true };
}

function isShownAs(version: LoadedState["version"], text: string): boolean {
  if (version instanceof Date) return Date.parse(text) === version.getTime();
  return (typeof version === "bigint" || typeof version === "string") && String(version) === text;
}

export function malformedVersion({ settings: { versionField } }: GuardExchange): ProblemEntry {
  return { code: "malformed-version", pointer: `/${versionField}`, detail: "A version is a whole number." };
}
