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

/**
 * The pattern of the route that `@koa/router` has matched, behind what `koa-mount` has cut off. That is put back before
 * the request ends, so that the name as it was when the request came in counts.
 */
export function routeOf(context: Context, before: string | undefined): string | undefined {
  if (before !== undefined) return before;
  const { _matchedRoute: matched, mountPath, path, originalUrl } = context;
  if (typeof matched !== "string" && !(matched instanceof RegExp)) return undefined;
  const [whole = ""] = originalUrl.split("?", 1);
  const cut = whole.slice(0, whole.length - path.length);
  const isMounted = typeof mountPath === "string" && whole.endsWith(path) && cut.endsWith(mountPath);
  return `${isMounted ? cut : ""}${matched}`;
}
