import type { Conditions, ProblemEntry } from "@unclash/core";
import type { LoadedState } from "../states/loaded-state.js";
import { shownVersionOf, versionInTag } from "../states/row-state.js";

/**
 * What is wrong with a request whose content names one version and whose `If-Match` only others; nothing where they agree, or
 * where the entity-tags of this resource do not tell versions. Only the state shows whether they do: an app's own may hold
 * any number.
 */
export function contradiction({ ifMatch, version }: Conditions, state: LoadedState): ProblemEntry | undefined {
  if (version === undefined || ifMatch?.kind !== "tags") return undefined;
  if (state.etag !== undefined || shownVersionOf(state) === undefined) return undefined;
  const named = ifMatch.tags.map(({ opaque }) => versionInTag(opaque));
  if (named.some((each) => each === undefined || each === version)) return undefined;
  const detail = `The body names version ${version}, and If-Match names only others.`;
  return { code: "contradictory-preconditions", header: "If-Match", detail };
}
