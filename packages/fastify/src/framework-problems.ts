import { httpErrorPlan, problemTypePrefix, type ResponsePlan, refusalResponse, sentences } from "unclash/adapter";

/** An error that Fastify itself has made. */
interface OwnError {
  readonly code: string;
}

/**
 * The problem that an error of Fastify's own is: of its router, its body parsers, its validation; nothing for any
 * other.
 *
 * @param instance the path of the request
 */
export function frameworkProblem(
  error: unknown,
  instance: string,
  typePrefix: string = problemTypePrefix,
): ResponsePlan | undefined {
  if (!isOwnError(error)) return undefined;
  if (error.code === "FST_ERR_VALIDATION") return validationPlan(error, instance, typePrefix);
  if (error.code === "FST_ERR_BAD_URL") return malformedId(instance, typePrefix);
  return httpErrorPlan(error, instance, typePrefix);
}

/** The problem that a path is which no route was found for. */
export function unknownRoute(instance: string, typePrefix: string = problemTypePrefix): ResponsePlan {
  const asked = { instance, settings: { problemTypePrefix: typePrefix } };
  return refusalResponse(asked, { slug: "not-found", detail: sentences.nothingHere });
}

function isOwnError(error: unknown): error is OwnError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("FST_ERR_");
}

function malformedId(instance: string, typePrefix: string): ResponsePlan {
  const entry = { code: "malformed-id", parameter: "id", detail: sentences.idEncoding };
  const asked = { instance, settings: { problemTypePrefix: typePrefix } };
  return refusalResponse(asked, { slug: "malformed-request", detail: entry.detail, members: { errors: [entry] } });
}

/** Content that is not as the route's schema says is 422; parameters and headers that are not, 400. */
function validationPlan(error: object, instance: string, typePrefix: string): ResponsePlan {
  const part = "validationContext" in error ? error.validationContext : undefined;
  const found = "validation" in error && Array.isArray(error.validation) ? error.validation : [];
  const asked = { instance, settings: { problemTypePrefix: typePrefix } };
  const isContent = part === "body";
  const errors = found.map((fault: unknown) => ({ ...placeOf(fault, part), detail: messageOf(fault) }));
  const detail = isContent ? "The content is not valid." : "The request is malformed.";
  const slug = isContent ? "validation-failed" : "malformed-request";
  return refusalResponse(asked, { slug, detail, members: { errors } });
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
