import type { CurrentState, EntityTag } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import type { Moment, StoredRecord, Version } from "@unclash/core/store";
import { entityTagOf, parseRepresentation, type Shape, type State, shownVersion } from "./representation.js";

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
  };
}

/** A state that a store holds. */
export class RecordState implements SelectedState {
  readonly record: State;
  readonly #shape: Shape;
  #representation: JsonObject | undefined;

  constructor(shape: Shape, record: State) {
    this.#shape = shape;
    this.record = record;
  }

  get etag(): EntityTag {
    return entityTagOf(this.#shape, this.record);
  }

  get version(): Version {
    return shownVersion(this.#shape, this.record);
  }

  get modifiedAt(): Moment {
    return this.record.modifiedAt;
  }

  get by(): string | null {
    return this.record.by;
  }

  representation(): JsonObject {
    this.#representation ??= parseRepresentation(this.record.text ?? "{}");
    return this.#representation;
  }

  exceeds(bytes: number): boolean {
    return (this.record.text ?? "").length > bytes;
  }
}

/** The state that a record holds; `undefined` for a tombstone. */
export function stateOf(shape: Shape, record: StoredRecord | undefined): RecordState | undefined {
  return record === undefined || record.text === null ? undefined : new RecordState(shape, record);
}
