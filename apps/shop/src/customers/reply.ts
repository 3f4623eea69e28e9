import { createProblem, type ProblemEntry, type ProblemSlug, type ResponsePlan } from "@unclash/core";

type Fields = Readonly<Record<string, string>>;

/** An answer with JSON content. */
export function contentReply(status: number, outcome: string, headers: Fields, body: string): ResponsePlan {
  const type = { "content-type": "application/json; charset=utf-8", "content-length": String(Buffer.byteLength(body)) };
  return { status, headers: { ...type, ...headers }, body, outcome };
}

/** An answer without content. */
export function emptyReply(status: number, outcome: string, headers: Fields = {}): ResponsePlan {
  return { status, headers, body: null, outcome };
}

/** What a problem says besides its detail. */
export interface ProblemParts {
  readonly status?: number;
  readonly members?: Readonly<Record<string, unknown>>;
  readonly headers?: Fields;
}

/** An answer that says what went wrong (RFC 9457), met at the path `instance`; no cache keeps it. */
export function problemReply(
  instance: string,
  slug: ProblemSlug,
  detail: string,
  { status, members, headers }: ProblemParts = {},
): ResponsePlan {
  const problem = createProblem({
    slug,
    detail,
    instance,
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

/** 400, with all that is malformed. */
export function malformedReply(instance: string, errors: readonly ProblemEntry[]): ResponsePlan {
  return problemReply(instance, "malformed-request", sentences(errors), { members: { errors } });
}

/** What entries say, one after the other. */
export function sentences(errors: readonly ProblemEntry[]): string {
  return errors.map(({ detail }) => detail).join(" ");
}

/** 503: the database did not answer, or others kept winning. */
export function unavailableReply(instance: string, outcome: "not-applied" | "unknown", detail: string): ResponsePlan {
  return problemReply(instance, "store-unavailable", detail, { members: { outcome }, headers: { "retry-after": "1" } });
}
