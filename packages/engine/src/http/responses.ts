import { createProblem, formatHttpDate, type Problem, type ResponsePlan } from "@unclash/core";
import type { Moment } from "@unclash/core/store";
import type { Refusal, Refused } from "./refusal.js";

type Fields = Readonly<Record<string, string>>;

/** The media type of content that is no problem. */
export const jsonType = "application/json; charset=utf-8";

/** What caches are told of an answer that none may keep. */
export const noStore = { "cache-control": "no-store" } as const;

/** An answer with JSON content. */
export function contentResponse(status: number, outcome: string, headers: Fields, body: string): ResponsePlan {
  return {
    status,
    headers: {
      "content-type": jsonType,
      "content-length": String(Buffer.byteLength(body)),
      // Last: V8 takes several times as long to add members to a copy. Here that was a third of a read's time.
      ...headers,
    },
    body,
    outcome,
  };
}

/** An answer without content. */
export function emptyResponse(status: number, outcome: string, headers: Fields): ResponsePlan {
  return { status, headers, body: null, outcome };
}

/** What the problems of a request are made from: where it was met, and what their types begin with. */
export interface ProblemSource {
  readonly instance: string;
  readonly settings: { readonly problemTypePrefix: string };
  /** The content in place of the problem's own, where an app has a format for errors. */
  format?(problem: Problem): ProblemContent | undefined;
}

/** Content that stands for a problem. */
export interface ProblemContent {
  readonly type: string;
  readonly text: string;
}

/** The answer that says why a request is refused (RFC 9457); no cache keeps it. */
export function refusalResponse(source: ProblemSource, refusal: Refusal): ResponsePlan {
  const problem = problemOf(source, refusal);
  return problemResponse(problem, refusal, source.format?.(problem));
}

/** The same of the step that refuses it. */
export function refusedResponse(source: ProblemSource, { refusal }: Refused): ResponsePlan {
  return refusalResponse(source, refusal);
}

/** Why a request is refused, as a problem details object. */
export function problemOf({ instance, settings }: ProblemSource, { slug, detail, status, members }: Refusal): Problem {
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
export function problemResponse(
  problem: Problem,
  { slug, headers }: Pick<Refusal, "slug" | "headers">,
  content: ProblemContent = {
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
    outcome: slug,
  };
}

/** A response for who may not see its content: 204 in place of 200, and a 201 without content. */
export function withoutContent({ status, headers, outcome }: ResponsePlan): ResponsePlan {
  const left = withoutHeaders(headers, ["content-type", "content-length", "content-location"]);
  return status === 200
    ? emptyResponse(204, outcome, left)
    : emptyResponse(status, outcome, { ...left, "content-length": "0" });
}

/**
 * The response to a write for who may not read the state that it left; of its entity-tag too, where that tells of the
 * content.
 */
export function withoutState(response: ResponsePlan, tagTells: boolean): ResponsePlan {
  const shown = response.status === 204 ? response : withoutContent(response);
  return tagTells ? { ...shown, headers: withoutHeaders(shown.headers, ["etag"]) } : shown;
}

/** The headers but for those of these names. */
export function withoutHeaders(headers: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

/** When a state was made, never later than the answer's own `Date` (RFC 9110 §8.8.2.1). */
export function lastModified({ modifiedAt }: { readonly modifiedAt: Moment }): string {
  return formatHttpDate(Math.min(modifiedAt, Date.now()));
}
