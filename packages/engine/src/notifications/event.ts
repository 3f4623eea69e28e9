import { formatEntityTag } from "@unclash/core";
import { isJsonObject, type Json, type JsonObject } from "@unclash/core/json";
import type { Cursor, Key, Moment, StoredEvent, Tag, Text, Version } from "@unclash/core/store";
import type { Collection } from "../resources/collection.js";
import { entityTagOf, type State, shownVersion } from "../states/representation.js";

/** An event as a delivery keeps it, and as a log has it: it names a state, and holds none. */
export interface RecordedEvent {
  /** As clients know it: {@link eventIdOf} of its place, or of its own for an event of no log. */
  readonly id: string;
  /** Such as `resource.changed`. */
  readonly type: string;
  /** Whom it is about. */
  readonly key: Key;
  readonly version?: Version;
  readonly tag: Tag;
  readonly at: Moment;
  /** JSON text of an object. */
  readonly data?: Text;
}

export function recordedEvent({ cursor, type, key, version, tag, at, data }: StoredEvent): RecordedEvent {
  return {
    id: eventIdOf(cursor),
    type,
    key,
    tag,
    at,
    ...(version !== undefined && { version }),
    ...(data !== undefined && { data }),
  };
}

/** What the types of all events begin with, as clients know them. */
export const typePrefix = "unclash.";

/**
 * The id of an event, and of a place, as clients know it: without dots, which the id of a webhook must not have
 * (Standard Webhooks 1.0.0). Of two, the later one is still the greater text.
 */
export function eventIdOf(cursor: Cursor): string {
  return cursor.replaceAll(".", "~");
}

/** The place that an id of {@link eventIdOf} stands for; nothing where it can be none. */
export function cursorOfId(id: string): Cursor | undefined {
  return /^[\w~-]{8,128}$/.test(id) ? id.replaceAll("~", ".") : undefined;
}

/** What an event's members are told by. */
export interface EventView {
  /** `source` of CloudEvents 1.0: a URI reference of the API that it comes from. */
  readonly source: string;
  /** The collection of its resource, in the API version of whoever is told; `undefined` where it is of none. */
  readonly collection: Collection | undefined;
  /** Whether whoever is told may read the resource. */
  readonly showsState: boolean;
}

/** An event as a CloudEvents 1.0 JSON object. What must not be shown is absent. */
export function cloudEvent(event: RecordedEvent, view: EventView): JsonObject {
  const { id, type, key, at } = event;
  return {
    specversion: "1.0",
    id,
    source: view.source,
    type: typePrefix + type,
    subject: key,
    time: new Date(at).toISOString(),
    datacontenttype: "application/json",
    data: { resource: key, ...(view.showsState && stateMembers(event, view)), ...dataOf(event, view) },
  };
}

/** What names the state that the event tells of. */
function stateMembers({ key, version, tag, at, type }: RecordedEvent, { collection }: EventView): JsonObject {
  if (version === undefined || collection === undefined) return version === undefined ? {} : { version };
  const state: State = { key, version, tag, text: null, createdAt: at, modifiedAt: at, by: null, cause: "" };
  // Any other event comes with a commit of its own: its tag and time are not those of the state.
  if (type !== "resource.changed") return collection.timestamps ? {} : { version };
  const etag = collection.digest === undefined && { etag: formatEntityTag(entityTagOf(collection, state)) };
  return { version: shownVersion(collection, state), ...etag };
}

/** Who acted, and how, is for those who may read the resource. */
function dataOf({ data }: RecordedEvent, { showsState }: EventView): JsonObject {
  const { by = null, cause, ...members } = dataIn(data);
  return { ...(showsState && { by, ...(cause !== undefined && { cause }) }), ...members };
}

/** The members that an event's data holds. */
export function dataIn(data: Text | undefined): JsonObject {
  if (data === undefined) return {};
  const value: Json = JSON.parse(data);
  return isJsonObject(value) ? value : {};
}
