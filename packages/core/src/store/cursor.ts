import type { Cursor } from "./port.js";
import type { Tag } from "./record.js";

/** Where an event stands in a store's log. */
export interface EventPlace {
  /** Grows from commit to commit, or from event to event: a whole number from 0. */
  readonly position: number;
  /** Which event of that position it is, from 0 to 999. */
  readonly index: number;
  /**
   * The tag of the event's commit; empty for a place where no event stands. A log that was taken back, by a backup or a
   * failover, gives the same position to another event: the tag tells them apart.
   */
  readonly tag: Tag;
}

// Enough to tell apart what two logs have at one place, and short enough for a header line.
const tagLengthMax = 16;
const shape = /^([0-9]{16})\.([0-9]{3})\.([\w-]{0,16})$/;

/** Writes a cursor that all four stores use: of two, the later one is the greater text. */
export function formatCursor({ position, index, tag }: EventPlace): Cursor {
  return `${String(position).padStart(16, "0")}.${String(index).padStart(3, "0")}.${tag.slice(0, tagLengthMax)}`;
}

/** Reads what {@link formatCursor} wrote; `undefined` for any other text, a client's mistakes among them. */
export function parseCursor(cursor: Cursor): EventPlace | undefined {
  const [, position = "", index = "", tag = ""] = shape.exec(cursor) ?? [];
  if (position === "" || !Number.isSafeInteger(Number(position))) return undefined;
  return { position: Number(position), index: Number(index), tag };
}
