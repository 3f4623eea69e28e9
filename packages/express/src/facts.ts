import type { Request } from "express";
import { guardFacts, type RequestFacts } from "unclash/adapter";

/** A request at a guard as plain data: its whole path, and the body as the app's parser has left it. */
export function requestFacts<Params>(request: Request<Params>): RequestFacts<Request<Params>> {
  return guardFacts(request, { url: request.originalUrl, parsed: request.body, native: request });
}
