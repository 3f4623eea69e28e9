import { createProblem, type ProblemSlug, type ResponsePlan } from "@unclash/core";
import type { Exchange } from "./exchange.js";

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

/** An answer that says what went wrong (RFC 9457); no cache keeps it. */
export function problemPlan(
  exchange: Exchange,
  slug: ProblemSlug,
  detail: string,
  { status, members, headers }: ProblemDetails = {},
): ResponsePlan {
  const problem = createProblem({
    slug,
    detail,
    instance: exchange.instance,
    typePrefix: exchange.settings.problemTypePrefix,
    ...(status !== undefined && { status }),
    ...(members && { members }),
  });
  const body = JSON.stringify(problem);
  return {
    status: problem.status,
    headers: {
      ...headers,
      "cache-control": "no-store",
      "content-type": "application/problem+json",
      "content-length": String(Buffer.byteLength(body)),
    },
    body,
    outcome: slug,
  };
}

/** 503, for now: the store did not answer, or others kept winning. */
export function unavailablePlan(exchange: Exchange, outcome: "not-applied" | "unknown", detail: string): ResponsePlan {
  return problemPlan(exchange, "store-unavailable", detail, { members: { outcome }, headers: { "retry-after": "1" } });
}
