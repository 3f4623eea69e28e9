import type { Commit, CommitResult, Write } from "@unclash/core/store";
import { claimsOf, commitResult, indexOf, type KeyReading, keepOf, keyReadingValues } from "./commit.js";
import { NotUnderstoodError, type PostgresQuery, type Row, rowsOf } from "./driver.js";
import type { LockNumbers } from "./locks.js";
import { integerOf } from "./record.js";

/**
 * Gives the arguments of the function `commit_one`, by how long it may wait for locks and how durable it has to be,
 * where the commit is one that it can carry out: one text put over a tag, with at most one event, that reads keys and
 * no ranges.
 */
export function commitOneValues(
  commit: Commit,
  numbers: LockNumbers,
): ((waitMs: number, synchronousCommit: string) => PostgresQuery["values"]) | undefined {
  const { tag, at, by, cause, reads, writes, events } = commit;
  const [write, ...others] = writes;
  const [event, ...more] = events;
  if (write === undefined || others.length > 0 || more.length > 0 || !putsOverTag(write)) return undefined;
  const keys = reads.filter((reading): reading is KeyReading => "key" in reading);
  if (keys.length < reads.length) return undefined;
  const { count, ageMs } = keepOf(write);
  const claims = claimsOf(commit);
  return (waitMs, synchronousCommit) => [
    numbers.of(commit),
    waitMs,
    synchronousCommit,
    tag,
    at,
    by,
    cause,
    write.key,
    write.expect.tag,
    write.put,
    write.ttlMs ?? null,
    count,
    ageMs,
    indexOf(write.index),
    ...(keys.length === 0 ? [null, null, null] : keyReadingValues(keys)),
    claims.map(({ value: { name } }) => name),
    claims.map(({ value: { value } }) => value),
    event?.type ?? null,
    event?.key ?? null,
    event?.version ?? null,
    event?.data ?? null,
  ];
}

/**
 * What the answer of `commit_one` says of a commit.
 *
 * @throws NotUnderstoodError
 */
export function commitOneResult(commit: Commit, rows: readonly Row[]): CommitResult {
  const [[answer, ...others] = [], ...more] = rows;
  if (typeof answer !== "string" || others.length > 0 || more.length > 0) throw new NotUnderstoodError();
  if (answer.startsWith("[")) return commitResult(commit, rowsIn(answer));
  const [version, revision, createdAt, modifiedAt, lapsesAt, ...rest] = answer.split(" ");
  const [write] = commit.writes;
  if (write === undefined || rest.length > 0) throw new NotUnderstoodError();
  const record = {
    key: write.key,
    version: integerOf(version),
    revision: integerOf(revision),
    tag: commit.tag,
    text: "put" in write ? write.put : null,
    createdAt: integerOf(createdAt),
    modifiedAt: integerOf(modifiedAt),
    ...(lapsesAt !== undefined && { lapsesAt: integerOf(lapsesAt) }),
    by: commit.by,
    cause: commit.cause,
  };
  return { kind: "committed", records: [record] };
}

function rowsIn(answer: string): readonly Row[] {
  try {
    return rowsOf({ rows: JSON.parse(answer) });
  } catch {
    throw new NotUnderstoodError();
  }
}

function putsOverTag(
  write: Write,
): write is Extract<Write, { put: unknown }> & { readonly expect: { readonly tag: string } } {
  return "put" in write && typeof write.expect === "object" && "tag" in write.expect;
}
