import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyLeftOn, guardFacts, type RequestFacts } from "unclash/adapter";

/** Whether a listener was called as `node:http` calls its own. */
export function isCall(request: unknown, response: unknown): boolean {
  return typeof Object(request).headers === "object" && typeof Object(response).writeHead === "function";
}

/**
 * A request at a guard as plain data: its whole path, and the body as something before has left it on `request.body`.
 */
export function requestFacts(request: IncomingMessage, response: ServerResponse): RequestFacts<IncomingMessage> {
  const url = originalUrl(request) ?? request.url ?? "/";
  return guardFacts(request, { response, url, parsed: bodyLeftOn(request), native: request });
}

/** What connect and its kin keep the whole URL under while a mount of theirs has cut its path off. */
export function originalUrl(request: IncomingMessage): string | undefined {
  return "originalUrl" in request && typeof request.originalUrl === "string" ? request.originalUrl : undefined;
}
