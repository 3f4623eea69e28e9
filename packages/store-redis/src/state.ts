import type { Key, Moment, StoredRecord, Text } from "@unclash/core/store";
import { items, number, text, textOrNull, unexpected } from "./reply.js";

/**
 * What scripts answer of a state: version, revision, createdAt, modifiedAt, lapsesAt, flags, tail, and mostly a text.
 */
export type StateReply = readonly unknown[];

const deletedFlag = 1;

/** The state as callers get it. With `now`, for a current state, it is marked where it has lapsed. */
export function recordOf(key: Key, reply: unknown, now?: Moment, given?: Text | null): StoredRecord {
  const [version, revision, createdAt, modifiedAt, lapses, flags, tail, found = null]: StateReply = items(reply);
  const [tag = "", cause = "", by] = text(tail).split("\u0000");
  if (by === undefined || tag === "") throw unexpected(tail);
  const lapsesAt = number(lapses);
  return {
    key,
    version: number(version),
    revision: number(revision),
    tag,
    text: given === undefined ? textOrNull(found) : given,
    ...((number(flags) & deletedFlag) === deletedFlag && { deleted: true as const }),
    createdAt: number(createdAt),
    modifiedAt: number(modifiedAt),
    ...(lapsesAt > 0 && { lapsesAt }),
    ...(now !== undefined && lapsesAt > 0 && lapsesAt <= now && { lapsed: true as const }),
    by: by === "" ? null : by.slice(1),
    cause,
  };
}

/** What of a commit becomes part of every state that it writes. */
export function tailOf({ tag, cause, by }: Pick<StoredRecord, "tag" | "cause" | "by">): string {
  return `${tag}\u0000${cause}\u0000${by === null ? "" : `+${by}`}`;
}
