import type { FastifyReply, FastifyRequest } from "fastify";
import { guardFacts, type RequestFacts } from "unclash/adapter";

/** Whether a handler was called with a request of Fastify's. */
export function isCall(request: unknown): boolean {
  const { raw, originalUrl } = Object(request);
  return typeof raw === "object" && typeof originalUrl === "string";
}

/** A request at a guard as plain data: its whole path, and the body as the app's parsers and schemas have left it. */
export function requestFacts<Native extends FastifyRequest>(
  request: Native,
  reply: FastifyReply,
): RequestFacts<Native> {
  return guardFacts(request.raw, {
    response: reply.raw,
    url: request.originalUrl,
    parsed: request.body,
    native: request,
  });
}

/** The pattern of the route, with the prefixes of the contexts that it is in. */
export function routeOf({ is404, routeOptions }: FastifyRequest): string | undefined {
  return is404 ? undefined : routeOptions.url;
}
