import {
  type Clash,
  type Commit,
  type CommitResult,
  childrenOf,
  depthOf,
  type Expectation,
  type IndexValue,
  type KeptPast,
  keptPastOf,
  type Range,
  type Reading,
  type StoredRecord,
  uniqueClashes,
  type Write,
} from "@unclash/core/store";
import { NotUnderstoodError, type PostgresQuery, type Row } from "./driver.js";
import type { LockNumbers } from "./locks.js";
import { type Answer, answersOf, recordOf } from "./record.js";

/** A value that one record alone may hold, and which asks for it. */
export interface Claim {
  readonly write: number;
  readonly value: IndexValue;
}

/** A reading of one key. */
export type KeyReading = Extract<Reading, { expect: unknown }>;
type RangeReading = Extract<Reading, { range: unknown }> & {
  readonly range: Extract<Range, { prefix: unknown }>;
};

/** The arguments of the function `commit`. The columns of one kind of thing are arrays of one length. */
export function commitValues(
  commit: Commit,
  numbers: LockNumbers,
  waitMs: number,
  synchronousCommit: string,
): PostgresQuery["values"] {
  const { tag, at, by, cause, reads, writes, events } = commit;
  const keys = reads.filter((reading): reading is KeyReading => "key" in reading);
  const ranges = rangeReadings(commit).map((reading) => ({ ...childrenOf(reading.range), reading }));
  const claims = claimsOf(commit);
  return [
    numbers.of(commit),
    waitMs,
    synchronousCommit,
    tag,
    at,
    by,
    cause,
    // Two writes that claim one value clash, whatever there is.
    uniqueClashes(writes, () => undefined).length > 0,
    ...keyReadingValues(keys),
    ranges.map(({ depth }) => depth),
    ranges.map(({ after }) => after),
    ranges.map(({ end }) => end),
    ranges.map(({ reading: { range } }) => range.descending === true),
    ranges.map(({ reading: { range } }) => range.limit),
    ranges.map(({ reading: { seen } }) => seen.map(({ key, tag: seenTag }) => `${key} ${seenTag}`).join("\n")),
    writes.map(({ key }) => key),
    writes.map(({ key }) => depthOf(key)),
    writes.map(({ expect }) => expectationOf(expect)),
    writes.map(({ expect }) => expectedTagOf(expect)),
    writes.map(actionOf),
    writes.map((write) => ("put" in write ? write.put : "redact" in write ? write.redact : null)),
    writes.map((write) => ("put" in write ? (write.ttlMs ?? null) : "extendMs" in write ? write.extendMs : null)),
    writes.map((write) => keepOf(write).count),
    writes.map((write) => keepOf(write).ageMs),
    writes.map((write) => ("redact" in write ? write.version : null)),
    writes.map((write) => ("put" in write ? indexOf(write.index) : null)),
    claims.map(({ value: { name } }) => name),
    claims.map(({ value: { value } }) => value),
    events.map(({ type }) => type),
    events.map(({ key }) => key),
    events.map(({ version = null }) => version),
    events.map(({ data = null }) => data),
  ];
}

/** The columns of readings of keys: which, what is expected, and by which tag. */
export function keyReadingValues(readings: readonly KeyReading[]): PostgresQuery["values"] {
  return [
    readings.map(({ key }) => key),
    readings.map(({ expect }) => expectationOf(expect)),
    readings.map(({ expect }) => expectedTagOf(expect)),
  ];
}

/**
 * What the rows that `commit` answers say of a commit.
 *
 * @throws NotUnderstoodError
 */
export function commitResult(commit: Commit, rows: readonly Row[]): CommitResult {
  const { rows: answers, end } = answersOf(rows);
  if (end === "committed") {
    if (answers.length !== commit.writes.length) throw new NotUnderstoodError();
    return { kind: "committed", records: answers.map((answer, at) => writtenBy(commit.writes[at], answer, at)) };
  }
  const clashes = [
    ...answers.flatMap((answer) => readingClash(commit, answer)),
    ...uniqueClashes(commit.writes, holderAmong(commit, answers)),
  ];
  if (end !== "clash" || clashes.length === 0) throw new NotUnderstoodError();
  return { kind: "clash", clashes };
}

/** The unique values that a commit claims, in the order in which the server is told of them. */
export function claimsOf({ writes }: Pick<Commit, "writes">): readonly Claim[] {
  return writes.flatMap((write, at) =>
    "put" in write
      ? (write.index ?? []).filter(({ unique }) => unique === true).map((value) => ({ write: at, value }))
      : [],
  );
}

/** How much of the key's past a write keeps. */
export function keepOf(write: Write): KeptPast {
  return keptPastOf("put" in write ? write.keep : "all");
}

/** The index values of a record as `head` holds them: JSON, each name and value once; `null` where there are none. */
export function indexOf(index: readonly IndexValue[] | undefined): string | null {
  if (index === undefined || index.length === 0) return null;
  const values = new Map(index.map(({ name, value }) => [`${name}\u0000${value}`, [name, value]]));
  return JSON.stringify([...values.values()]);
}

function writtenBy(write: Write | undefined, answer: Answer, at: number): StoredRecord | null {
  if (write === undefined || answer.kind !== "written" || answer.n !== at + 1) throw new NotUnderstoodError();
  if (!answer.isState) return null;
  if ("put" in write) return recordOf(answer, write.put);
  return recordOf(answer, "redact" in write ? write.redact : answer.body);
}

function readingClash(commit: Commit, answer: Answer): readonly Clash[] {
  const at = answer.n - 1;
  const current = answer.isState && { current: recordOf(answer, null) };
  switch (answer.kind) {
    case "reading": {
      const key = commit.reads.filter((reading) => "key" in reading)[at]?.key;
      if (key === undefined) throw new NotUnderstoodError();
      return [{ key, ...current }];
    }
    case "range": {
      const range = rangeReadings(commit)[at]?.range;
      if (range === undefined) throw new NotUnderstoodError();
      return [{ range }];
    }
    case "write":
    case "version": {
      const write = commit.writes[at];
      if (write === undefined) throw new NotUnderstoodError();
      const version = answer.kind === "version" && "redact" in write && { version: write.version };
      return [{ key: write.key, ...current, ...version }];
    }
    case "value":
      return [];
    default:
      throw new NotUnderstoodError();
  }
}

function holderAmong(commit: Commit, answers: readonly Answer[]): (value: IndexValue) => string | undefined {
  const claims = claimsOf(commit);
  const holders = new Map<string, string>();
  for (const { kind, n, key } of answers) {
    if (kind !== "value") continue;
    const claim = claims[n - 1];
    if (claim === undefined || key === null) throw new NotUnderstoodError();
    holders.set(`${claim.value.name}\u0000${claim.value.value}`, key);
  }
  return ({ name, value }) => holders.get(`${name}\u0000${value}`);
}

// A commit reads no other ranges.
function rangeReadings({ reads }: Commit): readonly RangeReading[] {
  return reads.filter((reading): reading is RangeReading => "range" in reading && "prefix" in reading.range);
}

function actionOf(write: Write): string {
  if ("put" in write) return "put";
  if ("extendMs" in write) return "extend";
  if ("redact" in write) return "redact";
  return write.delete === "forget" ? "forget" : "bury";
}

function expectationOf(expect: Expectation): string {
  if (typeof expect === "string") return expect;
  return "tag" in expect ? "tag" : "gone" in expect ? "gone" : "lapsed";
}

function expectedTagOf(expect: Expectation): string | null {
  if (typeof expect === "string") return null;
  return "tag" in expect ? expect.tag : "gone" in expect ? expect.gone : expect.lapsed;
}
