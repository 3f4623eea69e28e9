import type { ProblemEntry, ProblemSlug, ResponsePlan } from "@unclash/core";
import { type ProblemSource, refusalResponse } from "../http/responses.js";
import { sentences } from "../http/sentences.js";

/** What body parsers and routers throw of their own, by its status. */
const slugs: Readonly<Record<number, ProblemSlug>> = {
  400: "malformed-request",
  404: "not-found",
  406: "not-acceptable",
  413: "payload-too-large",
  415: "unsupported-media-type",
};

const details: Readonly<Record<number, string>> = {
  400: sentences.unreadable,
  404: sentences.nothingHere,
  406: sentences.noRepresentation,
  413: sentences.tooLarge,
  415: sentences.mediaTypeUnknown,
};

/**
 * The problem that an error of a body parser, of a router or of the app's own `createError(404, "No such user")` is, by
 * the status that it names (http-errors, which say that they may be shown); nothing for any other error. What a parser
 * says of the content never reaches the client, since it may repeat it; what the app says does.
 *
 * @param source what the problems of the request are made from: see `problemSources`
 */
export function httpErrorPlan(error: unknown, source: ProblemSource): ResponsePlan | undefined {
  const shown = shownError(error);
  const slug = shown && slugs[shown.status];
  if (shown === undefined || slug === undefined) return undefined;
  const { status, message } = shown;
  if (message !== undefined || slug !== "malformed-request")
    return refusalResponse(source, { slug, detail: message || (details[status] ?? "") });
  const entry = entryOf(error);
  return refusalResponse(source, { slug, detail: entry.detail, members: { errors: [entry] } });
}

interface ShownError {
  readonly status: number;
  /** What the app says to the client; nothing where a parser speaks. */
  readonly message: string | undefined;
}

function shownError(error: unknown): ShownError | undefined {
  if (!(error instanceof Error)) return undefined;
  const status = "status" in error ? error.status : "statusCode" in error ? error.statusCode : undefined;
  if (typeof status !== "number") return undefined;
  if (error instanceof URIError || isOfParser(error)) return { status, message: undefined };
  return "expose" in error && error.expose === true ? { status, message: error.message } : undefined;
}

/**
 * Parsers name what went wrong by a `type` (body-parser, raw-body) or a code of Fastify's, or have met broken JSON
 * (co-body).
 */
function isOfParser(error: Error): boolean {
  const isOfFastify = "code" in error && String(error.code).startsWith("FST_ERR_");
  return error instanceof SyntaxError || isOfFastify || ("type" in error && typeof error.type === "string");
}

function entryOf(error: unknown): ProblemEntry {
  if (error instanceof URIError) {
    return { code: "malformed-id", parameter: "id", detail: sentences.idEncoding };
  }
  return { code: "malformed-json", pointer: "", detail: sentences.notJson };
}
