import { type Conditions, type EntityTag, readVersionTag, type StoredRecord, strongMatch } from "@unclash/core";
import type { Exchange } from "../access/exchange.js";
import type { WriteIntent } from "../resources/write-request.js";
import { entityTagOf, shownVersion } from "../states/representation.js";

/**
 * The earlier state that a write was made for, as far as the history still has it: the client named it by the body's
 * version or by an entity-tag, and this resource really had it.
 */
export async function findBase(
  exchange: Exchange,
  intent: WriteIntent,
  current: StoredRecord,
): Promise<StoredRecord | undefined> {
  const { collection, conditions, key } = intent;
  if (collection.digest !== undefined && namedTags(conditions).length > 0)
    return findByContent(exchange, intent, current);
  const named = namedStates(intent).filter(({ version }) => version < shownVersion(collection, current));
  const newest = named.reduce<NamedState | undefined>(
    (best, state) => (best && best.version >= state.version ? best : state),
    undefined,
  );
  if (newest === undefined || conditions.ifMatch?.kind === "any") return undefined;
  const { version, tag } = newest;
  const where = collection.timestamps ? { at: version } : { before: version + 1 };
  const { records } = await exchange.settings.store.history(key, { ...where, limit: 1, texts: true });
  const [base] = records;
  if (base === undefined || base.text === null || shownVersion(collection, base) !== version) return undefined;
  return tag === undefined || tag === base.tag ? base : undefined;
}

/** How far back a state is looked for whose entity-tag, made from its content, does not say which version it is. */
const pastStatesMax = 16;

/** The newest earlier state that has one of the entity-tags, where these are made from content. */
async function findByContent(
  exchange: Exchange,
  { collection, conditions, key }: WriteIntent,
  { version: before }: StoredRecord,
): Promise<StoredRecord | undefined> {
  const tags = namedTags(conditions);
  const { records } = await exchange.settings.store.history(key, { before, limit: pastStatesMax, texts: true });
  return records.find((record) => {
    if (record.text === null) return false;
    const etag = entityTagOf(collection, record);
    return tags.some((tag) => strongMatch(tag, etag));
  });
}

interface NamedState {
  readonly version: number;
  readonly tag?: string;
}

function namedStates({ conditions }: WriteIntent): readonly NamedState[] {
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
export function namedVersion(intent: WriteIntent): number | undefined {
  const versions = namedStates(intent).map(({ version }) => version);
  return versions.length === 0 ? undefined : Math.max(...versions);
}
