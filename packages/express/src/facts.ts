import type { Request, Response } from "express";
import { guardFacts, type RequestFacts } from "unclash/adapter";

/** Whether a middleware was called as Express, connect and their kin call theirs. */
export function isCall(request: unknown, next: unknown): boolean {
  return typeof next === "function" && typeof Object(request).originalUrl === "string";
}

/** A request at a guard as plain data: its whole path, and the body as the app's parser has left it. */
export function requestFacts<Params>(request: Request<Params>, response: Response): RequestFacts<Request<Params>> {
  return guardFacts(request, { response, url: request.originalUrl, parsed: request.body, native: request });
}
