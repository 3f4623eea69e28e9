import type { JsonObject } from "@unclash/core/json";
import type { Key, NewEvent, StoredRecord } from "@unclash/core/store";

/** A request and its answer, as a client knows them. */
export interface Operation {
  /** The name under which it was made: a version tells by whom it was written. */
  readonly name: string;
  readonly resource: Key;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `If-Match`, as it was sent. */
  readonly ifMatch?: string;
  /** The version in the content. */
  readonly version?: number;
  /** `If-None-Match: *`. */
  readonly ifNoneMatch?: true;
  /** What was sent besides `id` and version. */
  readonly fields?: JsonObject;
  /** Moments of one clock that all clients share, and that stands still for no two of them. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly answer: Answer;
}

export interface Answer {
  readonly status: number;
  readonly etag?: string;
  readonly body?: string;
  /** The strategy that let the write through, though it named an earlier state. */
  readonly settledBy?: string;
}

/** What the store says when all is over. */
export interface Aftermath {
  /** All versions of each resource, the oldest first. */
  readonly versions: ReadonlyMap<Key, readonly StoredRecord[]>;
  /** In the order in which they are followed. */
  readonly events: readonly NewEvent[];
}

/** What an app's own strategy makes of a stale write; `undefined` where it rejects it. */
export type Settle = (base: JsonObject, current: JsonObject, proposed: JsonObject | null) => JsonObject | undefined;
