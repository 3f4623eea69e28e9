import type { Request, RequestHandler } from "express";
import type { Unclash } from "unclash";
import { errorOf, markGuarding, nodeFacts, sendPlan } from "unclash/adapter";

export interface MountOptions {
  /**
   * Whether paths below the mount that no collection owns go on to the app's next handlers; else they are answered 404
   * with a problem.
   * @default true
   */
  readonly fallthrough?: boolean;
}

/**
 * Mounts an engine in an Express app or router, at any path: `app.use("/api", mount(unclash))`. Body parsers belong
 * behind it. What the app's own functions throw reaches `next(error)`.
 *
 * The native request, which `identify` sees, is Express's `Request`.
 */
export function mount(unclash: Unclash<Request>, { fallthrough = true }: MountOptions = {}): RequestHandler {
  const mounted: RequestHandler = (request, response, next) => {
    const { baseUrl: base, body: parsed } = request;
    const facts = nodeFacts(request, { base, url: urlBelow(request), parsed, native: request });
    if (fallthrough && !unclash.owns(facts.path)) return next();
    unclash
      .handle(facts)
      .then((plan) => sendPlan(plan, response))
      .catch((thrown: unknown) => next(errorOf(thrown)));
  };
  return markGuarding(mounted);
}

/** What is below the mount. Express 4 takes one `/` too many off `/api//notes`, past whatever guards `/api/notes`. */
function urlBelow({ baseUrl, url, originalUrl }: Request): string {
  return originalUrl === `${baseUrl}/${url}` ? `/${url}` : url;
}
