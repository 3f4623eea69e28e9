import type { Commit, Write } from "@unclash/core";
import { claimsOf, indexOf, keepOf } from "./commit.js";
import type { PostgresQuery } from "./driver.js";
import type { LockNumbers } from "./locks.js";

/**
 * The arguments of the function `commit_one`, where the commit is one that it can carry out: one text put over a tag, with
 * at most one event, that reads nothing but keys as absent.
 */
export function commitOneValues(
  commit: Commit,
  numbers: LockNumbers,
  waitMs: number,
): PostgresQuery["values"] | undefined {
  const { tag, at, by, cause, reads, writes, events } = commit;
  const [write, ...others] = writes;
  const [event, ...more] = events;
  if (write === undefined || others.length > 0 || more.length > 0 || !putsOverTag(write)) return undefined;
  const absent = reads.flatMap((reading) => ("key" in reading && reading.expect === "absent" ? [reading.key] : []));
  if (absent.length < reads.length) return undefined;
  const { count, ageMs } = keepOf(write);
  const claims = claimsOf(commit);
  return [
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

function putsOverTag(
  write: Write,
): write is Extract<Write, { put: unknown }> & { readonly expect: { readonly tag: string } } {
  return "put" in write && typeof write.expect === "object" && "tag" in write.expect;
}
