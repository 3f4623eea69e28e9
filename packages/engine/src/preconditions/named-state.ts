import { type Conditions, type EntityTag, formatEntityTag } from "@unclash/core";
import { versionInTag } from "../states/row-state.js";

/** An earlier state as a client names it. */
export interface NamedState {
  /** The version, where the entity-tag holds one or the content names it. */
  readonly version: number | undefined;
  /** The entity-tag, quotes included, where the client sent one. */
  readonly etag: string | undefined;
}

/**
 * The states that a request names, by strong entity-tags, in a header or its content, and by the version in its
 * content.
 */
export function namedStates({ ifMatch, version, etag }: Conditions): readonly NamedState[] {
  const given = [...(ifMatch?.kind === "tags" ? ifMatch.tags : []), ...(etag === undefined ? [] : [etag])];
  const tags = given.filter((tag) => !tag.weak).map(namedByTag);
  return version === undefined || Number.isNaN(version) ? tags : [...tags, { version, etag: undefined }];
}

/** The state with the highest version of those that a request names; where none has a version, the first. */
export function newestNamed(conditions: Conditions): NamedState | undefined {
  return namedStates(conditions).reduce<NamedState | undefined>(
    (best, state) => (best !== undefined && (best.version ?? -1) >= (state.version ?? -1) ? best : state),
    undefined,
  );
}

/** Whether a write is for whatever state there is: it has no precondition, or just that there is a state. */
export function isForAnyState({ ifMatch, ...others }: Conditions): boolean {
  return (ifMatch === undefined || ifMatch.kind === "any") && Object.values(others).every((one) => one === undefined);
}

function namedByTag(tag: EntityTag): NamedState {
  return { version: versionInTag(tag.opaque), etag: formatEntityTag(tag) };
}
