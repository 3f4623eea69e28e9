import type { ProblemEntry, ProblemSlug, ResponsePlan } from "@unclash/core";
import { problemTypePrefix } from "@unclash/core";
import { problemPlan } from "../plan.js";

/** What body parsers and routers throw of their own, by its status. */
const slugs: Readonly<Record<number, ProblemSlug>> = {
  400: "malformed-request",
  404: "not-found",
  406: "not-acceptable",
  413: "payload-too-large",
  415: "unsupported-media-type",
};

const details: Readonly<Record<number, string>> = {
  400: "The request can't be read.",
  404: "There is nothing at this path.",
  406: "There is no such representation.",
  413: "The content is too large.",
  415: "The content's type is not supported here.",
};

/**
 * The problem that an error of a framework's body parser or router is, by the status that it names (http-errors, and errors of
 * Fastify); nothing for any other error: that is the app's own. No word of the error itself reaches the client.
 *
 * @param instance the path of the request
 */
export function httpErrorPlan(
  error: unknown,
  instance: string,
  typePrefix: string = problemTypePrefix,
): ResponsePlan | undefined {
  const status = statusOf(error);
  const slug = status === undefined ? undefined : slugs[status];
  if (status === undefined || slug === undefined) return undefined;
  const errors = slug === "malformed-request" ? [entryOf(error)] : undefined;
  const asked = { instance, settings: { problemTypePrefix: typePrefix } };
  return problemPlan(asked, slug, errors?.[0]?.detail ?? details[status] ?? "", errors && { members: { errors } });
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const status = "status" in error ? error.status : "statusCode" in error ? error.statusCode : undefined;
  return typeof status === "number" ? status : undefined;
}

function entryOf(error: unknown): ProblemEntry {
  if (error instanceof URIError) {
    return { code: "malformed-id", parameter: "id", detail: "An id is UTF-8, percent-encoded." };
  }
  return { code: "malformed-json", pointer: "", detail: "The content is no JSON that can be read." };
}
