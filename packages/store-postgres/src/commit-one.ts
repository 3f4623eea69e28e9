import type { Commit, CommitResult, Write } from "@unclash/core";
import { claimsOf, commitResult, indexOf, keepOf } from "./commit.js";
import type { PostgresQuery, Row } from "./driver.js";
import type { LockNumbers } from "./locks.js";

/**
 * Gives the arguments of the function `commit_one` by how long it may wait for locks, where the commit is one that it can
 * carry out: one text put over a tag, with at most one event, that reads nothing but keys as absent.
 */
export function commitOneValues(
  commit: Commit,
  numbers: LockNumbers,
): ((waitMs: number) => PostgresQuery["values"]) | undefined {
  const { tag, at, by, cause, reads, writes, events } = commit;
  const [write, ...others] = writes;
  const [event, ...more] = events;
  if (write === undefined || others.length > 0 || more.length > 0 || !putsOverTag(write)) return undefined;
  const absent = reads.flatMap((reading) => ("key" in reading && reading.expect === "absent" ? [reading.key] : []));
  if (absent.length < reads.length) return undefined;
  const { count, ageMs } = keepOf(write);
  const claims = claimsOf(commit);
  return (waitMs) => [
    numbers.of(commit),
    waitMs,
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
    absent.length === 0 ? null : absent,
    claims.map(({ value: { name } }) => name),
    claims.map(({ value: { value } }) => value),
    event?.type ?? null,
    event?.key ?? null,
    event?.version ?? null,
    event?.data ?? null,
  ];
}

/** What the answer of `commit_one` says of a commit. */
export function commitOneResult(commit: Commit, [row]: readonly Row[]): CommitResult {
  const answer = row?.[0] ?? "[]";
  if (answer.startsWith("[")) return commitResult(commit, JSON.parse(answer));
  const [version, revision, createdAt, modifiedAt, lapsesAt] = answer.split(" ").map(Number);
  const [write] = commit.writes;
  const record = {
    key: write?.key ?? "",
    version: version ?? 0,
    revision: revision ?? 0,
    tag: commit.tag,
    text: write !== undefined && "put" in write ? write.put : null,
    createdAt: createdAt ?? 0,
    modifiedAt: modifiedAt ?? 0,
    ...(lapsesAt !== undefined && { lapsesAt }),
    by: commit.by,
    cause: commit.cause,
  };
  return { kind: "committed", records: [record] };
}

function putsOverTag(
  write: Write,
): write is Extract<Write, { put: unknown }> & { readonly expect: { readonly tag: string } } {
  return "put" in write && typeof write.expect === "object" && "tag" in write.expect;
}
