import type { Moment, StoredRecord, Tag, Text } from "@unclash/core";

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

/** Whether the state has lapsed at this moment. A tombstone never does. */
export function hasLapsed({ lapsesAt }: State, now: Moment): boolean {
  return lapsesAt !== null && lapsesAt <= now;
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
