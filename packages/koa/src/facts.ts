import type { Context } from "koa";
import { bodyLeftOn, guardFacts, type RequestFacts } from "unclash/adapter";

/** Whether a middleware was called with a context of Koa's. */
export function isContext(context: unknown): boolean {
  const { req, res, originalUrl } = Object(context);
  return typeof req === "object" && typeof res === "object" && typeof originalUrl === "string";
}

/** A request at a guard as plain data: its whole path, and the body as the app's parser has left it. */
export function requestFacts(context: Context): RequestFacts<Context> {
  return guardFacts(context.req, {
    response: context.res,
    url: context.originalUrl,
    parsed: bodyLeftOn(context.request),
    native: context,
  });
}
