import type { Conditions, ProblemEntry } from "@unclash/core";
import { sentences } from "../http/sentences.js";
import type { LoadedState } from "../states/loaded-state.js";
import { shownVersionOf, versionInTag } from "../states/row-state.js";

/** The version of conditions whose text has still to be held against a state: it equals none. */
export const notCompared: number = Number.NaN;

/** The conditions of a request, once the text of its version is held against the state. */
export interface ComparedVersion {
  readonly conditions: Conditions;
  /** The text names the version that the state has, though that is no number. */
  readonly isCurrent: boolean;
}

/**
 * Holds the version in the content, where it is a text, against what the state shows: a `bigint` and a `Date` are texts
 * in JSON. Nothing where the state's version is a number, which no text is.
 */
export function compareVersionText(
  text: string | undefined,
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

/**
 * What is wrong with a request whose content names one version and whose `If-Match` only others; nothing where they
 * agree, or where the entity-tags of this resource do not tell versions. Only the state shows whether they do: an app's
 * own may hold any number.
 */
export function contradiction({ ifMatch, version }: Conditions, state: LoadedState): ProblemEntry | undefined {
  if (version === undefined || ifMatch?.kind !== "tags") return undefined;
  if (state.etag !== undefined || shownVersionOf(state) === undefined) return undefined;
  const named = ifMatch.tags.map(({ opaque }) => versionInTag(opaque));
  if (named.some((each) => each === undefined || each === version)) return undefined;
  const detail = sentences.versionDiffersFromHeader(version);
  return { code: "contradictory-preconditions", header: "If-Match", detail };
}
