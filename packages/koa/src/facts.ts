import type { Context } from "koa";
import { bodyLeftOn, guardFacts, type RequestFacts } from "unclash/adapter";

/** A request at a guard as plain data: its whole path, and the body as the app's parser has left it. */
export function requestFacts(context: Context): RequestFacts<Context> {
  return guardFacts(context.req, {
    url: context.originalUrl,
    parsed: bodyLeftOn(context.request),
    native: context,
  });
}
