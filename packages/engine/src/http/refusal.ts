import type { ProblemEntry, ProblemSlug } from "@unclash/core";
import type { GivenUp } from "../commits/try-in-line.js";
import type { RequestFacts } from "./request.js";
import { sentences } from "./sentences.js";

/** Why a request is refused. Steps return it as a value; the pipeline alone makes the response of it. */
export interface Refusal {
  /** The last part of the problem's `type`. */
  readonly slug: ProblemSlug;
  readonly detail: string;
  /** @default the one of the problem type */
  readonly status?: number;
  /** Extension members of the problem (RFC 9457 §3.2). */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Headers of the response, by lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The result of a step that ends the request. */
export interface Refused {
  readonly kind: "refused";
  readonly refusal: Refusal;
}

/** The result of a step that ends the request with this problem. */
export function refused(slug: ProblemSlug, detail: string, more: Omit<Refusal, "slug" | "detail"> = {}): Refused {
  return { kind: "refused", refusal: { slug, detail, ...more } };
}

/** 400: everything malformed about a request, named at once. */
export function malformed(errors: readonly ProblemEntry[]): Refused {
  return refused("malformed-request", errors.map((entry) => entry.detail).join(" "), { members: { errors } });
}

/**
 * 422: everything about content that is not valid.
 *
 * @param count of all that is wrong, listed or not
 */
export function invalidContent(errors: readonly ProblemEntry[], count: number = errors.length): Refused {
  return refused("validation-failed", sentences.invalid(count), { members: { errors } });
}

/** The entries of a problem that names all that is wrong. */
export function entriesIn({ refusal: { members } }: Refused): readonly ProblemEntry[] {
  const errors = members?.["errors"];
  return Array.isArray(errors) ? errors : [];
}

/** 422: fields must be an object. */
export const noObject: Refused = invalidContent([{ pointer: "", detail: sentences.notAnObject }]);

/** 431 (RFC 6585 §5) for a request whose header lines are not all known: nothing else of it is looked at. */
const tooManyHeaders: Refused = refused("malformed-request", sentences.headersCut, {
  status: 431,
  members: { errors: [{ code: "too-many-headers", detail: sentences.headersCut }] },
});

/** 400 for a request to several hosts: servers must refuse it (RFC 9112 §3.2), and Node takes the first. */
const severalHosts: Refused = malformed([
  { code: "repeated-header", header: "Host", detail: sentences.sentTwice("Host") },
]);

/** The refusal of a request whose header lines do not say what they seem to: nothing else of it is looked at. */
export function headerRefusal({ headersCut, headers }: RequestFacts): Refused | undefined {
  if (headersCut === true) return tooManyHeaders;
  return Array.isArray(headers["host"]) ? severalHosts : undefined;
}

/** 404 for a resource, or for something that belongs to one. */
export function notFound(what: string): Refused {
  return refused("not-found", sentences.noneOf(what));
}

/** 503, for now: the store did not answer, or others kept winning. */
export function unavailable(outcome: "not-applied" | "unknown", detail: string): Refused {
  return refused("store-unavailable", detail, { members: { outcome }, headers: { "retry-after": "1" } });
}

/** 503 for a write that was given up, since others kept changing its resource or too many of them wait. */
export function contended(resource: string, reason: GivenUp): Refused {
  const detail = reason === "full" ? sentences.manyWriters(resource) : sentences.alwaysChanged(resource);
  return unavailable("not-applied", detail);
}
