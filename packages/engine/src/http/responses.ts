import { createProblem, type Problem, type ProblemSlug, type ResponsePlan } from "@unclash/core";
import type { Exchange } from "../access/exchange.js";

type Fields = Readonly<Record<string, string>>;

/** An answer with JSON content. */
export function contentPlan(status: number, outcome: string, headers: Fields, body: string): ResponsePlan {
  return {
    status,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "content-length": String(Buffer.byteLength(body)),
      // Last: V8 takes several times as long to add members to a copy. Here that was a third of a read's time.
      ...headers,
    },
    body,
    outcome,
  };
}

/** An answer without content. */
export function emptyPlan(status: number, outcome: string, headers: Fields): ResponsePlan {
  return { status, headers, body: null, outcome };
}

export interface ProblemDetails {
  readonly status?: number;
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Fields;
}

/** What of an exchange a problem tells: where it was met, and what its type begins with. */
export interface Asked {
  readonly instance: string;
  readonly settings: { readonly problemTypePrefix: string };
}

/** An answer that says what went wrong (RFC 9457); no cache keeps it. */
export function problemPlan(
  asked: Asked,
  slug: ProblemSlug,
  detail: string,
  details: ProblemDetails = {},
): ResponsePlan {
  return planOfProblem(problemOf(asked, slug, detail, details), slug, details.headers);
}

/** What went wrong, as an object. */
export function problemOf(
  { instance, settings }: Asked,
  slug: ProblemSlug,
  detail: string,
  { status, members }: ProblemDetails = {},
): Problem {
  return createProblem({
    slug,
    detail,
    instance,
    typePrefix: settings.problemTypePrefix,
    ...(status !== undefined && { status }),
    ...(members && { members }),
  });
}

/** The answer that a problem is; `content` takes the place of its own where an app has a format for errors. */
export function planOfProblem(
  problem: Problem,
  outcome: string,
  headers?: Fields,
  content: { readonly type: string; readonly text: string } = {
    type: "application/problem+json",
    text: JSON.stringify(problem),
  },
): ResponsePlan {
  return {
    status: problem.status,
    headers: {
      ...headers,
      "cache-control": "no-store",
      "content-type": content.type,
      "content-length": String(Buffer.byteLength(content.text)),
    },
    body: content.text,
    outcome,
  };
}

/** 503, for now: the store did not answer, or others kept winning. */
export function unavailablePlan(exchange: Exchange, outcome: "not-applied" | "unknown", detail: string): ResponsePlan {
  return problemPlan(exchange, "store-unavailable", detail, { members: { outcome }, headers: { "retry-after": "1" } });
}
