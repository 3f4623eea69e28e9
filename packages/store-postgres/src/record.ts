import type { Key, Moment, StoredRecord, Text } from "@unclash/core/store";
import { NotUnderstoodError, type Row } from "./driver.js";

/** A row of the type `answer`, as the server sent it. */
export interface Answer {
  readonly kind: string | null;
  readonly n: number;
  readonly key: Key | null;
  readonly body: Text | null;
  /** Whether it tells of a state; else the columns of one are `null`. */
  readonly isState: boolean;
  readonly row: Row;
}

/** All rows of an answer, without the last one, which says that they are all. */
export interface Answers {
  readonly rows: readonly Answer[];
  /** What the last row says of the others. */
  readonly end: string | null;
  /** The time, where the last row tells it. */
  readonly now: Moment;
}

const columns = 14;

/**
 * Names the columns of an answer's rows. Each answer ends with a row that has the number of those before it, so that
 * one that lost rows on its way is not taken for one that never had them.
 *
 * @throws NotUnderstoodError
 */
export function answersOf(rows: readonly Row[]): Answers {
  return endedAnswers(rows, ([, n]) => n);
}

/**
 * The same for what only reads: its last row has the number as its `version`, and names the encoding in which the
 * session sends texts.
 *
 * @throws NotUnderstoodError
 */
export function readAnswersOf(rows: readonly Row[]): Answers {
  const answers = endedAnswers(rows, ([, , , version]) => version);
  if (answers.end === "UTF8") return answers;
  throw new NotUnderstoodError(`a session's client_encoding must be UTF8, and is ${answers.end}`);
}

function endedAnswers(rows: readonly Row[], countIn: (end: Row) => string | null | undefined): Answers {
  const end = rows.at(-1);
  const before = rows.length - 1;
  if (end?.length !== columns || countIn(end) !== String(before)) throw new NotUnderstoodError();
  const answers = rows.slice(0, before).map(answerOf);
  return { rows: answers, end: end[0] ?? null, now: end[8] === null ? Number.NaN : integerOf(end[8]) };
}

/** The state that an answer tells of. */
export function recordOf({ row, key, body }: Answer, text: Text | null = body): StoredRecord {
  const [, , , version, revision, tag, deleted, lapsed, createdAt, modifiedAt, lapsesAt, actor, cause] = row;
  return {
    key: textOf(key),
    version: integerOf(version),
    revision: integerOf(revision),
    tag: textOf(tag),
    text,
    ...(flagOf(deleted) && { deleted: true as const }),
    createdAt: integerOf(createdAt),
    modifiedAt: integerOf(modifiedAt),
    ...(lapsesAt !== null && lapsesAt !== undefined && { lapsesAt: integerOf(lapsesAt) }),
    ...(lapsed !== null && flagOf(lapsed) && { lapsed: true as const }),
    by: actor ?? null,
    cause: textOf(cause),
  };
}

/**
 * A number that the server wrote.
 *
 * @throws NotUnderstoodError
 */
export function integerOf(text: string | null | undefined): number {
  const number = text ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(number)) throw new NotUnderstoodError();
  return number;
}

/**
 * A text that is there in every row of its kind.
 *
 * @throws NotUnderstoodError
 */
export function textOf(text: string | null | undefined): string {
  if (typeof text !== "string") throw new NotUnderstoodError();
  return text;
}

/**
 * A boolean that the server wrote.
 *
 * @throws NotUnderstoodError
 */
export function flagOf(text: string | null | undefined): boolean {
  if (text !== "t" && text !== "f") throw new NotUnderstoodError();
  return text === "t";
}

function answerOf(row: Row): Answer {
  if (row.length !== columns) throw new NotUnderstoodError();
  return {
    kind: row[0] ?? null,
    n: integerOf(row[1]),
    key: row[2] ?? null,
    body: row[13] ?? null,
    isState: row[3] !== null,
    row,
  };
}
