import type { Key, Moment, StoredRecord, Text } from "@unclash/core";
import type { Row } from "./driver.js";

/** A row of the type `answer`, as the server sent it. */
export interface Answer {
  readonly kind: string | null;
  readonly n: number;
  readonly key: Key | null;
  readonly body: Text | null;
  /** Whether it tells of a state; else the columns of one are `null`. */
  readonly isState: boolean;
  /** The time, in the row that has it. */
  readonly now: Moment;
  readonly row: Row;
}

/** Names the columns of an answer. */
export function answerOf(row: Row): Answer {
  return {
    kind: row[0] ?? null,
    n: Number(row[1]),
    key: row[2] ?? null,
    body: row[13] ?? null,
    isState: row[3] !== null && row[3] !== undefined,
    now: Number(row[8]),
    row,
  };
}

/** The state that an answer tells of. */
export function recordOf({ row, key, body }: Answer, text: Text | null = body): StoredRecord {
  const [, , , version, revision, tag, deleted, lapsed, createdAt, modifiedAt, lapsesAt, actor, cause] = row;
  return {
    key: key ?? "",
    version: Number(version),
    revision: Number(revision),
    tag: tag ?? "",
    text,
    ...(deleted === "t" && { deleted: true as const }),
    createdAt: Number(createdAt),
    modifiedAt: Number(modifiedAt),
    ...(lapsesAt !== null && lapsesAt !== undefined && { lapsesAt: Number(lapsesAt) }),
    ...(lapsed === "t" && { lapsed: true as const }),
    by: actor ?? null,
    cause: cause ?? "",
  };
}
