import type { Context, Middleware } from "koa";
import type { Unclash } from "unclash";
import { bodyLeftOn, findMount, headersBeside, nodeFacts, normalizePrefix, type ResponsePlan } from "unclash/adapter";

export interface MountOptions {
  /** The path under which the collections are: `/api`. @default "" */
  readonly prefix?: string;
  /**
   * Whether paths below the prefix that no collection owns go on to the next middleware; else they are answered 404
   * with a problem.
   * @default true
   */
  readonly fallthrough?: boolean;
}

/**
 * Mounts an engine in a Koa app: `app.use(mount(unclash, { prefix: "/api" }))`. Body parsers belong behind it. Middleware
 * before it sees status, headers and body of the answer; what the app's own functions throw is thrown on.
 *
 * The native request, which `identify` sees, is Koa's context.
 */
export function mount(unclash: Unclash<Context>, { prefix = "", fallthrough = true }: MountOptions = {}): Middleware {
  const normalized = normalizePrefix(prefix);
  return async (context, next) => {
    const point = findMount(context.url, normalized, context.originalUrl);
    if (point === undefined) return next();
    const facts = nodeFacts(context.req, { ...point, parsed: bodyLeftOn(context.request), native: context });
    if (fallthrough && !unclash.owns(facts.path)) return next();
    respond(context, await unclash.handle(facts));
  };
}

/** Hands an answer to Koa, which sends it once all middleware is through. */
function respond(context: Context, plan: ResponsePlan): void {
  const headers = headersBeside(plan, context.res.getHeader("vary"));
  context.status = plan.status;
  // Not `null`, which Koa takes for 204; where a status or HEAD allows no content, it sends none.
  context.body = plan.body ?? "";
  // Koa has given the content a type of its own.
  if (headers["content-type"] === undefined) context.remove("content-type");
  context.set(headers);
}
