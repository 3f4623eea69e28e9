import { httpErrorPlan, type ProblemSource, type ResponsePlan, refusalResponse, sentences } from "unclash/adapter";

/** An error that Fastify itself has made. */
interface OwnError {
  readonly code: string;
}

/**
 * The problem that an error of Fastify's own is: of its router, its body parsers, its validation; nothing for any
 * other.
 *
 * @param source what the problems of the request are made from
 */
export function frameworkProblem(error: unknown, source: ProblemSource): ResponsePlan | undefined {
  if (!isOwnError(error)) return undefined;
  if (error.code === "FST_ERR_VALIDATION") return validationPlan(error, source);
  if (error.code === "FST_ERR_BAD_URL") return malformedId(source);
  return httpErrorPlan(error, source);
}

/** The problem that a path is which no route was found for. */
export function unknownRoute(source: ProblemSource): ResponsePlan {
  return refusalResponse(source, { slug: "not-found", detail: sentences.nothingHere });
}

function isOwnError(error: unknown): error is OwnError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("FST_ERR_");
}

function malformedId(source: ProblemSource): ResponsePlan {
  const entry = { code: "malformed-id", parameter: "id", detail: sentences.idEncoding };
  return refusalResponse(source, { slug: "malformed-request", detail: entry.detail, members: { errors: [entry] } });
}

/** Content that is not as the route's schema says is 422; parameters and headers that are not, 400. */
function validationPlan(error: object, source: ProblemSource): ResponsePlan {
  const part = "validationContext" in error ? error.validationContext : undefined;
  const found = "validation" in error && Array.isArray(error.validation) ? error.validation : [];
  const isContent = part === "body";
  const errors = found.map((fault: unknown) => ({ ...placeOf(fault, part), detail: messageOf(fault) }));
  const detail = isContent ? "The content is not valid." : "The request is malformed.";
  const slug = isContent ? "validation-failed" : "malformed-request";
  return refusalResponse(source, { slug, detail, members: { errors } });
}

function placeOf(fault: unknown, part: unknown): Readonly<Record<string, string>> {
  const pointer = memberOf(fault, "instancePath");
  if (part === "body") return { pointer };
  return { [part === "headers" ? "header" : "parameter"]: pointer.slice(1) };
}

function messageOf(fault: unknown): string {
  return memberOf(fault, "message") || "This is not valid.";
}

function memberOf(fault: unknown, name: string): string {
  const value: unknown = typeof fault === "object" && fault !== null ? Reflect.get(fault, name) : undefined;
  return typeof value === "string" ? value : "";
}
