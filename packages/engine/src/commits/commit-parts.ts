import type { Commit } from "@unclash/core/store";

/** What one step adds to the commit of its request. */
export type CommitPart = Partial<Pick<Commit, "reads" | "writes" | "events">>;

/** What a commit says of itself. */
export type CommitHeader = Pick<Commit, "tag" | "at" | "by" | "cause">;

/** The one commit of a request, of all that its steps add. */
export function commitOf({ tag, at, by, cause }: CommitHeader, parts: readonly CommitPart[]): Commit {
  return {
    tag,
    at,
    reads: parts.flatMap(({ reads = [] }) => reads),
    writes: parts.flatMap(({ writes = [] }) => writes),
    events: parts.flatMap(({ events = [] }) => events),
    by,
    cause,
  };
}
