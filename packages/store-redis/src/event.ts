import { type Commit, formatCursor, type NewEvent, type StoredEvent } from "@unclash/core/store";
import { unexpected } from "./reply.js";

/** An event as the stream holds it: tag, time, type, key and version, each with U+0000 after it, and then the data. */
export function eventOf({ type, key, version, data }: NewEvent, { tag, at }: Pick<Commit, "tag" | "at">): string {
  const told = data === undefined ? "" : `+${data}`;
  return `${tag}\u0000${at}\u0000${type}\u0000${key}\u0000${version ?? ""}\u0000${told}`;
}

/** An event as it is followed, from its place in the stream and what that holds there. */
export function storedEventOf(id: string, packed: string): StoredEvent {
  const [tag = "", at = "", type = "", key = "", version = "", data] = packed.split("\u0000");
  const [revision = "", index = ""] = id.split("-");
  if (data === undefined || tag === "" || !/^\d+-\d+$/.test(id)) throw unexpected(packed);
  return {
    type,
    key,
    ...(version !== "" && { version: Number(version) }),
    ...(data !== "" && { data: data.slice(1) }),
    cursor: formatCursor({ position: Number(revision), index: Number(index), tag }),
    revision: Number(revision),
    tag,
    at: Number(at),
  };
}
