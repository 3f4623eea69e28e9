import type { Request } from "express";
import type { GuardContext, Loaded } from "unclash";

/**
 * Keeps Express from a check of its own, after the guard's: it takes any date that JavaScript can read for an
 * HTTP-date, and a malformed list for entity-tags, and would answer 304 to who has nothing. Without a state the guard
 * has checked nothing.
 */
export function keepOwnFreshness(
  request: Pick<Request, "headers">,
  { etag }: Pick<GuardContext<Loaded>, "etag">,
): void {
  const { headers } = request;
  if (etag === undefined) return;
  if (headers["if-none-match"] === undefined && headers["if-modified-since"] === undefined) return;
  Object.defineProperty(request, "fresh", { configurable: true, writable: true, value: false });
}
