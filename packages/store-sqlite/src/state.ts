import { hasLapsed, type Moment, type StoredRecord, type Tag, type Text } from "@unclash/core/store";

/** What a row of `head` and a row of `log` have in common: one state of a key, without its text. */
export interface State {
  readonly id: number;
  readonly version: number;
  readonly revision: number;
  readonly tag: Tag;
  /** 1 for a tombstone. */
  readonly deleted: 0 | 1;
  readonly createdAt: Moment;
  readonly modifiedAt: Moment;
  readonly lapsesAt: Moment | null;
  readonly actor: string | null;
  readonly cause: string;
}

/** A row whose text is not loaded yet. */
export interface Sized {
  /** The bytes of its text; `null` where it has none, or where texts were not asked for. */
  readonly size: number | null;
}

/** How many bytes a row adds to its page. */
export function sizeOf({ size }: Sized): number {
  return size ?? 0;
}

/** The state as callers get it. With `now`, for a current state, it is marked where it has lapsed. */
export function recordOf(key: string, state: State, text: Text | null, now?: Moment): StoredRecord {
  return {
    key,
    version: state.version,
    revision: state.revision,
    tag: state.tag,
    text,
    ...(state.deleted === 1 && { deleted: true as const }),
    createdAt: state.createdAt,
    modifiedAt: state.modifiedAt,
    ...(state.lapsesAt !== null && { lapsesAt: state.lapsesAt }),
    ...(now !== undefined && hasLapsed(state, now) && { lapsed: true as const }),
    by: state.actor,
    cause: state.cause,
  };
}
