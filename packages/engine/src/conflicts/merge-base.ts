import { type Conditions, type EntityTag, readVersionTag, strongMatch } from "@unclash/core";
import type { Key, StoredRecord } from "@unclash/core/store";
import type { Reader } from "../access/resource-exchange.js";
import { entityTagsOf, type State, type StateFormat, shownVersion } from "../states/representation.js";
import { type RecordState, stateOf } from "../states/selected-state.js";
import type { FoundBase } from "./settle.js";

/**
 * The earlier state that a write was made for, as far as the history still has it: the client named it by the body's
 * version or by an entity-tag, and this resource really had it.
 *
 * @throws StoreError for a state in a shape that this release does not know
 */
export async function findBase(
  reader: Reader,
  format: StateFormat,
  { key, conditions }: { readonly key: Key; readonly conditions: Conditions },
  current: State,
): Promise<FoundBase<RecordState>> {
  const tags = namedTags(conditions);
  if (format.digest !== undefined && tags.length > 0)
    return foundIn(format, await findByContent(reader, format, { key, tags }, current));
  const named = namedStates(conditions).filter(({ version }) => version < shownVersion(format, current));
  const newest = named.reduce<NamedState | undefined>(
    (best, state) => (best && best.version >= state.version ? best : state),
    undefined,
  );
  if (newest === undefined || conditions.ifMatch?.kind === "any") return { kind: "unknown" };
  const { version, tag } = newest;
  const where = format.timestamps ? { at: version } : { before: version + 1 };
  const { records } = await reader.history(key, { ...where, limit: 1, texts: true });
  const [base] = records;
  // Of versions that are counted, from 1, all were there: what is before the first that is kept has gone.
  if (base === undefined) return { kind: format.timestamps || version < 1 ? "unknown" : "gone" };
  if (shownVersion(format, base) !== version) return { kind: "unknown" };
  return foundIn(format, tag === undefined || tag === base.tag ? base : undefined);
}

function foundIn(format: StateFormat, record: StoredRecord | undefined): FoundBase<RecordState> {
  const base = stateOf(format, record);
  return base === undefined ? { kind: "unknown" } : { kind: "found", base };
}

/** How far back a state is looked for whose entity-tag, made from its content, does not say which version it is. */
const pastStatesMax = 16;

/** The newest earlier state that has one of the entity-tags, where these are made from content. */
async function findByContent(
  reader: Reader,
  format: StateFormat,
  { key, tags }: { readonly key: Key; readonly tags: readonly EntityTag[] },
  { version: before }: State,
): Promise<StoredRecord | undefined> {
  const { records } = await reader.history(key, { before, limit: pastStatesMax, texts: true });
  return records.find((record) => {
    if (record.text === null) return false;
    return entityTagsOf(format, record).some((etag) => tags.some((tag) => strongMatch(tag, etag)));
  });
}

interface NamedState {
  readonly version: number;
  readonly tag?: string;
}

function namedStates(conditions: Conditions): readonly NamedState[] {
  const { version } = conditions;
  const byTag = namedTags(conditions).flatMap((tag) => (tag.weak ? [] : (readVersionTag(tag.opaque) ?? [])));
  return version === undefined ? byTag : [...byTag, { version }];
}

/** The entity-tags of which the state must have one, those of `If-Match` and that of the body. */
function namedTags({ ifMatch, etag }: Conditions): readonly EntityTag[] {
  const tags = ifMatch?.kind === "tags" ? ifMatch.tags : [];
  return etag === undefined ? tags : [...tags, etag];
}

/** The version that a write names, for a sentence about it; the newest where it names several. */
export function namedVersion(conditions: Conditions): number | undefined {
  const versions = namedStates(conditions).map(({ version }) => version);
  return versions.length === 0 ? undefined : Math.max(...versions);
}
