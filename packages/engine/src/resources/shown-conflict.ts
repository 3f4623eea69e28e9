import { CallbackError } from "@unclash/core";
import type { Json, JsonObject } from "@unclash/core/json";
import type { Key, StoredRecord } from "@unclash/core/store";
import { recordedName } from "../access/actor.js";
import { noState, type ReadFields } from "../access/asked-resource.js";
import type { Claim } from "../access/default-permissions.js";
import { conflictIdOf } from "../conflicts/records/conflict-keys.js";
import type { ConflictRecord, RecordedState } from "../conflicts/records/record.js";
import {
  contentOf,
  fieldsIn,
  newestShape,
  parseRepresentation,
  representationText,
  shownShape,
  shownText,
} from "../states/representation.js";
import { pointerForCaller, shownToCaller } from "./callers-names.js";
import type { Collection } from "./collection.js";
import { type CollectionExchange, collectionOf } from "./collection-exchange.js";

/** A conflict that is recorded, with the resource that it is about. */
export interface RecordedConflict {
  readonly id: string;
  readonly record: ConflictRecord;
  /** As it is at this moment: one that was not resolved in time has expired, whether or not that is written yet. */
  readonly state: ConflictRecord["state"];
  /** `undefined` where it is of a collection that is no longer there, or a guard's. */
  readonly collection: Collection | undefined;
  /** The record of the resource as it is now; a tombstone, too. */
  readonly resource: StoredRecord | undefined;
}

export function recordedConflict(
  exchange: CollectionExchange,
  stored: StoredRecord,
  record: ConflictRecord,
  resource: StoredRecord | undefined,
): RecordedConflict {
  const state = record.state === "open" && stored.lapsed ? "expired" : record.state;
  // What a guard calls its resources may be the name of another's.
  const collection = record.guard === undefined ? collectionOf(exchange, record.resource) : undefined;
  return { id: conflictIdOf(stored.key), record, state, collection, resource };
}

/** The fields of the resource that a conflict is about, for the app. */
export function fieldsNow({ collection, resource }: RecordedConflict): ReadFields {
  return collection === undefined || resource === undefined || resource.deleted
    ? noState
    : fieldsIn(collection, resource);
}

/** Whose conflict it is, for the caller. */
export function claimOn({ actor }: CollectionExchange, { by }: ConflictRecord): Claim {
  return { isOwn: actor !== undefined && by === recordedName(actor), isOneOfSeveral: false };
}

/**
 * A conflict as its caller may see it; nothing for who may not read it. A state is shown to who may read it, and a past
 * one to who may read the history; what the caller has sent is its own.
 *
 * @param detail an item of a list names its states by their versions
 */
export async function shownConflict(
  exchange: CollectionExchange,
  conflict: RecordedConflict,
  detail: "item" | "whole",
): Promise<JsonObject | undefined> {
  const { id, record, state } = conflict;
  const { resource: key } = record;
  const claim = claimOn(exchange, record);
  if ((await exchange.ask("read-conflict", key, fieldsNow(conflict), claim)) !== "allow") return undefined;
  const mayRead = await exchange.mayRead(key, fieldsNow(conflict));
  const mayReadPast = mayRead && (await exchange.ask("history", key, "never")) === "allow";
  // Of a guarded resource nobody knows here what is current; its sender was shown this state with the conflict.
  const isStillCurrent =
    record.guard === undefined ? conflict.resource?.version === record.current.version : claim.isOwn;
  const stateOf = async (recorded: RecordedState, isShown: boolean): Promise<JsonObject> => {
    const whole = isShown && detail === "whole" ? await representationOf(exchange, conflict, recorded) : undefined;
    return { ...namedState(recorded), ...(whole && { representation: whole }) };
  };
  return {
    id,
    resource: key,
    state,
    strategy: record.strategy,
    // Whoever made the write has named its base.
    ...((claim.isOwn || mayRead) && { base: await stateOf(record.base, mayReadPast) }),
    ...(mayRead && { current: await stateOf(record.current, mayReadPast || isStillCurrent) }),
    ...((claim.isOwn || mayRead) && proposedMember(conflict, detail)),
    ...(mayReadPast && { conflictingFields: clashingFor(conflict) }),
    by: record.by,
    detectedAt: new Date(record.detectedAt).toISOString(),
    count: record.count,
    ...resolutionMembers(record),
  };
}

/** How clients are told which state it is. */
function namedState({ shown, etag }: RecordedState): JsonObject {
  return { ...(shown !== undefined && { version: shown }), ...(etag !== undefined && { etag }) };
}

function resolutionMembers({ resolution }: ConflictRecord): JsonObject {
  if (resolution === undefined) return {};
  const { kind, by, at } = resolution;
  return { resolution: kind, resolvedBy: by, resolvedAt: new Date(at).toISOString() };
}

/** What the write wanted, as its sender could send it again; `null` where that was to delete the resource. */
function proposedMember({ record, collection }: RecordedConflict, detail: "item" | "whole"): JsonObject {
  const { proposed, base, shape, resource } = record;
  if (proposed === undefined) return {};
  if (proposed === null) return { proposed };
  const named = namedState(base);
  if (detail === "item") return { proposed: named };
  const representation = representationFrom(collection, resource, { ...base, held: proposed }, shape);
  return { proposed: { ...named, ...(representation && { representation }) } };
}

/** A state that a record names: from the record, where that holds it, or from the history. */
async function representationOf(
  { reader }: CollectionExchange,
  { record, collection }: RecordedConflict,
  recorded: RecordedState,
): Promise<JsonObject | undefined> {
  const { resource, shape } = record;
  const { held } = recorded;
  if (held !== undefined) return representationFrom(collection, resource, { ...recorded, held }, shape);
  if (collection === undefined) return undefined;
  const past = await pastState({ reader }, resource, recorded);
  return past && orNothing(() => parseRepresentation(shownText(collection, past)));
}

/** The record of a past state; nothing where it is no longer kept. */
async function pastState(
  { reader }: Pick<CollectionExchange, "reader">,
  key: Key,
  { version }: RecordedState,
): Promise<StoredRecord | undefined> {
  if (version === undefined) return undefined;
  const { records } = await reader.history(key, { before: version + 1, limit: 1, texts: true });
  return records.find((past) => past.version === version && past.text !== null);
}

/** What fields that a record holds look like in the caller's API version. */
function representationFrom(
  collection: Collection | undefined,
  key: Key,
  { shown = 0, held }: { readonly shown?: number; readonly held: JsonObject },
  shape: number,
): JsonObject | undefined {
  if (collection === undefined) return held;
  const id = key.slice(collection.name.length + 1);
  return orNothing(() => {
    const fields = inShape(collection, held, shape, shownShape(collection));
    return parseRepresentation(representationText(collection, id, shown, contentOf(fields)));
  });
}

/** The fields that a record holds, in the shape that the app's functions know. */
export function newestFields(collection: Collection, held: JsonObject, { shape }: ConflictRecord): JsonObject {
  return inShape(collection, held, shape, newestShape(collection));
}

/** The fields of the state that a write was made for, as far as they are still known. */
export async function baseFields(
  exchange: Pick<CollectionExchange, "reader">,
  collection: Collection,
  record: ConflictRecord,
): Promise<JsonObject | undefined> {
  const { base, resource } = record;
  if (base.held !== undefined) return newestFields(collection, base.held, record);
  return fieldsIn(collection, await pastState(exchange, resource, base))();
}

function inShape({ view }: Collection, fields: JsonObject, from: number, to: number): JsonObject {
  return view === undefined || view.chain.isSame(from, to) ? fields : view.chain.convert(fields, from, to);
}

/** Nothing where the app's `up` or `down` can't convert a state: of one that was redacted, say. */
function orNothing<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch (thrown) {
    if (thrown instanceof CallbackError) return undefined;
    throw thrown;
  }
}

/** What both have changed, in the names of the caller's API version. */
function clashingFor({ collection, record, resource }: RecordedConflict): readonly Json[] {
  if (collection === undefined) return record.clashing;
  const shown = resource && shownToCaller(collection, fieldsIn(collection, resource)());
  return [...new Set(record.clashing.map((pointer) => pointerForCaller(collection, pointer, shown)))];
}
