import type { CurrentState, EntityTag } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import type { Moment, StoredRecord, Text, Version } from "@unclash/core/store";
import {
  entityTagOf,
  entityTagsOf,
  fieldsIn,
  parseRepresentation,
  type State,
  type StateFormat,
  shownText,
  shownVersion,
  storedShape,
} from "./representation.js";

/**
 * The state that a request's preconditions are held against: the selected representation (RFC 9110 §3.2). It is made
 * from a record of a store, or from a row of the app's own database.
 */
export interface SelectedState {
  readonly etag: EntityTag;
  /** As clients are told it; `undefined` where the state has none that is a number. */
  readonly version: Version | undefined;
  readonly modifiedAt: Moment | undefined;
  /** Who wrote it, as others may be told. */
  readonly by: string | null | undefined;
  /** The entity-tags that it has in all API versions, for `If-Match`; absent where it has one alone. */
  readonly allTags?: (() => readonly EntityTag[]) | undefined;
  /** What clients see of it; `undefined` where that is nothing, or the app does not say. */
  representation(): JsonObject | undefined;
  /** Whether its JSON takes more than so many bytes, about. */
  exceeds(bytes: number): boolean;
}

/**
 * What of a state preconditions are compared with. Its time is never later than clients were told (RFC 9110 §8.8.2.1),
 * or what was sent to them would not match.
 */
export function currentState(state: SelectedState | undefined): CurrentState {
  if (state === undefined) return { kind: "absent" };
  const { etag, version, modifiedAt } = state;
  return {
    kind: "present",
    etag,
    ...(modifiedAt !== undefined && { modifiedAt: Math.min(modifiedAt, Date.now()) }),
    ...(version !== undefined && { version }),
    ...(state.allTags !== undefined && { alsoKnownAs: state.allTags() }),
  };
}

/** A state that a store holds. */
export class RecordState implements SelectedState {
  readonly record: State;
  readonly #format: StateFormat;
  #representation: JsonObject | undefined;

  constructor(format: StateFormat, record: State) {
    this.#format = format;
    this.record = record;
  }

  get etag(): EntityTag {
    return entityTagOf(this.#format, this.record);
  }

  get allTags(): (() => readonly EntityTag[]) | undefined {
    return this.#format.view === undefined ? undefined : () => entityTagsOf(this.#format, this.record);
  }

  get version(): Version {
    return shownVersion(this.#format, this.record);
  }

  get modifiedAt(): Moment {
    return this.record.modifiedAt;
  }

  get by(): string | null {
    return this.record.by;
  }

  representation(): JsonObject {
    this.#representation ??= parseRepresentation(this.text);
    return this.#representation;
  }

  /** The same as it is sent. */
  get text(): Text {
    return shownText(this.#format, this.record);
  }

  /** Its fields in the shape that the app's functions know. */
  fields(): JsonObject {
    return fieldsIn(this.#format, this.record)() ?? {};
  }

  exceeds(bytes: number): boolean {
    return (this.record.text ?? "").length > bytes;
  }
}

/**
 * The state that a record holds; `undefined` for a tombstone.
 *
 * @throws StoreError for a state in a shape that this release does not know
 */
export function stateOf(format: StateFormat, record: StoredRecord | undefined): RecordState | undefined {
  if (record === undefined || record.text === null) return undefined;
  storedShape(format, record);
  return new RecordState(format, record);
}
