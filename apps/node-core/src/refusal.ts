import type { OutgoingHttpHeaders } from "node:http";
import {
  assertNever,
  type Conditions,
  createProblem,
  type FailedCondition,
  formatEntityTag,
  formatHttpDate,
  type ProblemEntry,
  type ProblemRequest,
} from "@unclash/core";
import type { JsonFault } from "@unclash/core/json";

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body?: string;
}

/** A request that changes nothing, and why: what becomes a problem (RFC 9457). */
export interface Refusal extends Omit<ProblemRequest, "instance"> {
  readonly headers?: OutgoingHttpHeaders;
}

/** 400, with all that is wrong. */
export function malformed(errors: readonly ProblemEntry[]): Refusal {
  return { slug: "malformed-request", detail: errors.map(({ detail }) => detail).join(" "), members: { errors } };
}

/** 400: a value that is no JSON, or larger than the limits. */
export function unsound({ code, pointer, detail }: JsonFault): Refusal {
  return malformed([{ code, pointer, detail }]);
}

/** 410 where a tombstone tells in which version the note was deleted, else 404. */
export function absent(key: string, tombstone: { readonly version: number } | undefined): Refusal {
  if (tombstone === undefined) return { slug: "not-found", detail: `There is no ${key}.` };
  const { version } = tombstone;
  return { slug: "gone", detail: `${key} was deleted in version ${version}.`, members: { version } };
}

/** 428: a write that does not say which state it is for might overwrite what its sender has never seen. */
export function preconditionRequired(key: string, resource: string): Refusal {
  const how = "send its entity-tag in If-Match; to create it, If-None-Match: *";
  const detail = `Say which state of ${key} this is for: ${how}.`;
  return { slug: "precondition-required", detail, members: { links: { resource } } };
}

/** The state that there is, as a conflict names it. */
export interface NamedState {
  readonly version: number;
  readonly etag: string;
  readonly modifiedAt: number;
}

/**
 * A conflict: what the request expected, and what there is. A write gets 409, or 412 where an app prefers that; a read
 * 412.
 */
export function conflict(
  key: string,
  { conditions, failed }: { readonly conditions: Conditions; readonly failed: FailedCondition },
  state: NamedState | undefined,
  status: 409 | 412,
): Refusal {
  const expected = expectedState(conditions, failed);
  const current = state && {
    version: state.version,
    etag: state.etag,
    modifiedAt: new Date(state.modifiedAt).toISOString(),
  };
  const detail = `${key} is not in the state that this request is for.`;
  return { slug: "version-conflict", detail, status, members: { resource: key, expected, current } };
}

function expectedState(
  { ifMatch, ifNoneMatch, etag, version, ifUnmodifiedSince }: Conditions,
  failed: FailedCondition,
): object {
  switch (failed) {
    case "version":
      return { version };
    case "etag":
      return { etag: etag === undefined ? [] : [formatEntityTag(etag)] };
    case "if-match":
      return { etag: ifMatch?.kind === "tags" ? ifMatch.tags.map(formatEntityTag) : ["*"] };
    case "if-none-match":
      return ifNoneMatch?.kind === "tags" ? { notEtag: ifNoneMatch.tags.map(formatEntityTag) } : { absent: true };
    case "if-unmodified-since":
      return ifUnmodifiedSince === undefined ? {} : { unmodifiedSince: formatHttpDate(ifUnmodifiedSince) };
    default:
      return assertNever(failed);
  }
}

/** A refusal as the problem that it becomes; no cache keeps it. */
export function problemAnswer({ headers, ...request }: Refusal, instance: string): Answer {
  const problem = createProblem({ ...request, instance });
  const own = { "cache-control": "no-store", "content-type": "application/problem+json" };
  return { status: problem.status, headers: { ...headers, ...own }, body: JSON.stringify(problem) };
}
