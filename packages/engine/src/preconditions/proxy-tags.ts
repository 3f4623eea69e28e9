import { type Conditions, type EntityTag, type ProblemEntry, strongMatch, unproxied } from "@unclash/core";
import { sentences } from "../http/sentences.js";

/**
 * The conditions as they were before a proxy marked the entity-tags of `If-Match` (nginx and Apache, when they
 * compress).
 */
export function withoutProxies(conditions: Conditions): Conditions {
  const { ifMatch } = conditions;
  if (ifMatch?.kind !== "tags") return conditions;
  const tags = ifMatch.tags.flatMap((tag) => [tag, ...unmarked(tag)]);
  return { ...conditions, ifMatch: { kind: "tags", tags } };
}

/**
 * Says of each tag that would have matched, had no proxy marked it, that this is why it did not.
 *
 * @param current the entity-tags that the state has
 */
export function weakenedEntries(conditions: Conditions, current: readonly EntityTag[]): readonly ProblemEntry[] {
  const { ifMatch } = conditions;
  if (ifMatch?.kind !== "tags") return [];
  const marked = ifMatch.tags.flatMap(unmarked).filter((tag) => current.some((own) => strongMatch(tag, own)));
  if (marked.length === 0) return [];
  return [{ header: "If-Match", code: "weakened-by-a-proxy", detail: sentences.markedByProxy }];
}

const proxiesMax = 3;

/** What a tag was before one proxy marked it, and before the proxy behind that one did. */
function unmarked(tag: EntityTag): readonly EntityTag[] {
  const earlier: EntityTag[] = [];
  for (let tagBefore = unproxied(tag); tagBefore !== undefined && earlier.length < proxiesMax; ) {
    earlier.push(tagBefore);
    tagBefore = unproxied(tagBefore);
  }
  return earlier;
}
