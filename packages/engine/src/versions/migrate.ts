import { CallbackError, ConfigurationError } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import { checkOptions, isFunction, nearestName, type OptionRules } from "@unclash/core/options";
import type { Key, Moment, Store, StoredRecord, Tag, Text } from "@unclash/core/store";
import { commitOnce } from "../commits/commit-once.js";
import { firstShape, randomPartOf, tagInShape } from "../commits/commit-tag.js";
import { pauseBeforeTry } from "../commits/pause-before-try.js";
import type { RequestLimits } from "../http/request-limits.js";
import type { Collection } from "../resources/collection.js";
import { contentInShape } from "../resources/planned-write.js";
import { referenceWrites } from "../resources/referrers.js";
import { fieldOfIndex, uniqueClash, uniqueValues } from "../resources/unique.js";
import {
  contentOf,
  fieldsIn,
  migrateCause,
  nextShownVersion,
  parseRepresentation,
  representationText,
} from "../states/representation.js";
import { findOldShapes, isOld } from "./old-shapes.js";

/** How far a migration is. */
export interface MigrationProgress {
  /** Resources that were looked at. */
  readonly looked: number;
  /** Those of them that were rewritten. */
  readonly rewritten: number;
  /** Those that stay as they are, and why: the first 100. */
  readonly blocked: readonly BlockedResource[];
  readonly blockedCount: number;
}

/** A resource that could not be rewritten. */
export interface BlockedResource {
  readonly resource: Key;
  /** Such as: its value of `sku` is that of articles/7. */
  readonly reason: string;
}

/** How a collection is rewritten. */
export interface MigrationOptions {
  /** Is called after each step of up to 100 resources. */
  onProgress?(progress: MigrationProgress): void;
  /** Ends it between two steps; what was rewritten until then stays, and calling it again goes on. */
  readonly signal?: AbortSignal;
}

interface MigrationSettings {
  readonly store: Store;
  readonly requestLimits: RequestLimits;
  readonly collections: ReadonlyMap<string, Collection>;
}

const rules: OptionRules<MigrationOptions> = {
  onProgress: isFunction,
  signal: (value) => (value instanceof AbortSignal ? undefined : "must be an AbortSignal"),
};

/** So many keys are looked at in one step. */
const pageMax = 100;
/** So many resources are written at once: a store groups their commits. */
const writersMax = 8;
const blockedMax = 100;

/**
 * Rewrites the states of a collection that are stored in an older shape, in steps, beside running writers.
 *
 * @throws ConfigurationError for a name that is no collection's, or an option that can't be
 * @throws StoreError where the store failed
 */
export async function migrate(
  settings: MigrationSettings,
  name: string,
  options: MigrationOptions = {},
): Promise<MigrationProgress> {
  checkOptions<MigrationOptions>("migrate", options, rules);
  const collection = settings.collections.get(name);
  if (collection === undefined) throw unknownCollection(name, [...settings.collections.keys()]);
  const blocked: BlockedResource[] = [];
  let [looked, rewritten, blockedCount] = [0, 0, 0];
  let after: Key | undefined;
  do {
    const page = await findOldShapes(settings.store, collection, { after, limit: pageMax });
    for (let from = 0; from < page.old.length; from += writersMax) {
      const part = page.old.slice(from, from + writersMax);
      for (const result of await Promise.all(part.map(({ key }) => rewrite(settings, collection, key)))) {
        if (result === "rewritten") rewritten += 1;
        else if (result !== "not-old") {
          blockedCount += 1;
          if (blocked.length < blockedMax) blocked.push(result);
        }
      }
    }
    looked += page.looked;
    after = page.next;
    options.onProgress?.({ looked, rewritten, blocked: [...blocked], blockedCount });
  } while (after !== undefined && options.signal?.aborted !== true);
  return { looked, rewritten, blocked, blockedCount };
}

function unknownCollection(name: string, names: readonly string[]): ConfigurationError {
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? "" : ` (did you mean "${nearest}"?)`;
  return new ConfigurationError("migrate", `must be given the name of a collection${hint}: ${names.join(", ")}`);
}

/**
 * Rewrites one resource, unless another writer has done so meanwhile. Its new state is a version more, with the random
 * part of the tag that it had: it is the same state, so that the entity-tags that clients hold stay good.
 */
async function rewrite(
  { store, requestLimits }: MigrationSettings,
  collection: Collection,
  key: Key,
): Promise<"rewritten" | "not-old" | BlockedResource> {
  const endsAt = performance.now() + requestLimits.contendedWriteMs;
  for (let tried = 0; performance.now() < endsAt; tried += 1) {
    await pauseBeforeTry(tried + 1);
    const { records, now } = await store.read([key]);
    const [found] = records;
    if (found === undefined || found.text === null || found.deleted || !isOld(collection, found)) return "not-old";
    const planned = plan(collection, found, now);
    if (planned.kind === "blocked") return { resource: key, reason: planned.reason };
    const { put, fields, tag, at } = planned;
    const write = { put, keep: collection.retention, index: uniqueValues(collection, fields) };
    const writes = [
      { key, expect: { tag: found.tag }, ...write },
      ...referenceWrites(requestLimits, { collection, key }, () => undefined, fields),
    ];
    const commit = { tag, at, reads: [], writes, events: [], by: null, cause: migrateCause };
    const result = await commitOnce(store, commit, requestLimits);
    if (result.kind === "committed") return "rewritten";
    const taken = uniqueClash(result.clashes);
    if (taken === undefined) continue;
    const field = fieldOfIndex(collection, taken.index);
    return { resource: key, reason: `its value of \`${field}\` is that of ${taken.holder}` };
  }
  // A process of an earlier release stores the old shape again with each write.
  return { resource: key, reason: "others kept changing it" };
}

/** A state in the shape in which new ones are stored; or why it can't be converted. */
type Plan =
  | {
      readonly kind: "plan";
      readonly put: Text;
      readonly fields: JsonObject;
      readonly at: Moment;
      readonly tag: Tag;
    }
  | { readonly kind: "blocked"; readonly reason: string };

function plan(collection: Collection, found: StoredRecord, now: Moment): Plan {
  const shape = collection.view?.chain.stored ?? firstShape;
  try {
    const fields = fieldsIn(collection, found)() ?? {};
    const stored = contentInShape(collection, contentOf(fields), shape);
    const at = Math.max(now, found.modifiedAt + 1);
    const version = nextShownVersion(collection, found.version + 1, at);
    const id = String(parseRepresentation(found.text ?? "{}")["id"]);
    const put = representationText(collection, id, version, stored);
    return { kind: "plan", put, fields, at, tag: tagInShape(randomPartOf(found.tag), shape) };
  } catch (thrown) {
    if (thrown instanceof CallbackError) return { kind: "blocked", reason: thrown.message };
    throw thrown;
  }
}
