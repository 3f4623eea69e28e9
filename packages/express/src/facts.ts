import type { Request } from "express";
import { guardFacts, type RequestFacts } from "unclash/adapter";

/** A request at a guard as plain data: its whole path, and the body as the app's parser has left it. */
export function requestFacts(request: Request): RequestFacts<Request> {
  return guardFacts(request, { url: request.originalUrl, parsed: request.body, native: request });
}
