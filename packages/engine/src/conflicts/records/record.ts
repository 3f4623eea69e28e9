import { StoreError } from "@unclash/core";
import { isJsonObject, type JsonObject } from "@unclash/core/json";
import type { Key, Moment, Text, Version } from "@unclash/core/store";

/** A conflict as it is recorded: what a late write was made for, what was there, and what it wanted. */
export interface ConflictRecord {
  /** `open`: it waits for someone to resolve it. */
  readonly state: "open" | "resolved" | "expired";
  /** What it tells of: a write that was parked, one that was refused, or one that a strategy has settled. */
  readonly origin: "parked" | "refused" | "settled";
  readonly resource: Key;
  /** As clients are told it. */
  readonly strategy: string;
  /** The guard whose resource it is, by the name of its records; absent for a resource of a collection. */
  readonly guard?: string;
  /** The state that the write was made for. */
  readonly base: RecordedState;
  /** The state that was there as it came. */
  readonly current: RecordedState;
  /** The fields that it wanted to leave behind; `null` for a deletion, absent where they are not kept. */
  readonly proposed?: JsonObject | null;
  /** The number of the API's shape that all fields and pointers here are in. */
  readonly shape: number;
  /** JSON Pointers to what both have changed. */
  readonly clashing: readonly string[];
  /** Who made the write; `null` for an anonymous caller. */
  readonly by: string | null;
  readonly detectedAt: Moment;
  /** How many refusals it stands for. */
  readonly count: number;
  /** How long it is kept after its end, in milliseconds. */
  readonly keepMs: number;
  /** Where it counts among the open ones of its resource; absent where it was never open. */
  readonly slot?: Key;
  readonly resolution?: ConflictResolution;
}

/** A state that a record names, and holds where the history need not have it for as long. */
export interface RecordedState {
  /** As the store counts; absent for a row of the app's own. */
  readonly version?: Version;
  /** As clients are told it; absent for a row whose version is no number. */
  readonly shown?: number;
  /** The entity-tag of such a row. */
  readonly etag?: string;
  readonly held?: JsonObject;
}

/** How a conflict can be resolved by a request. */
export const resolutions = ["mine", "theirs", "merge", "custom"] as const;

/** How a conflict was resolved. */
export interface ConflictResolution {
  /** One of `resolutions`, or the strategy that has settled it. */
  readonly kind: string;
  readonly by: string | null;
  readonly at: Moment;
}

const format = 1;

export function conflictText(record: ConflictRecord): Text {
  return JSON.stringify({ format, ...record });
}

/**
 * Reads a record.
 *
 * @throws StoreError for a text that this release has not written
 */
export function readConflict(text: Text | null): ConflictRecord {
  const value: unknown = JSON.parse(text ?? "null");
  if (isRecord(value)) return value;
  throw new StoreError("The record of a conflict is none that this release has written.", "not-applied");
}

/** What this release has written needs no closer look. */
function isRecord(value: unknown): value is ConflictRecord {
  if (typeof value !== "object" || value === null || Reflect.get(value, "format") !== format) return false;
  const states = [Reflect.get(value, "base"), Reflect.get(value, "current")];
  return typeof Reflect.get(value, "resource") === "string" && states.every((state) => isJsonObject(state));
}
