import type { Request, RequestHandler } from "express";
import type { Unclash } from "unclash";
import {
  assertCalledBy,
  assertEngine,
  ConfigurationError,
  checkOptions,
  errorOf,
  isBoolean,
  markGuarding,
  nodeFacts,
  type OptionRules,
  sendPlan,
  warnOfEarlyAnswer,
  whenInTurn,
} from "unclash/adapter";
import { isCall } from "./facts.js";

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
 *
 * @throws ConfigurationError where an option can't be, and UsageError where this is no engine
 */
export function mount(unclash: Unclash<Request>, options: MountOptions = {}): RequestHandler {
  assertEngine("mount", unclash);
  checkMountOptions(options);
  const { fallthrough = true } = options;
  const mounted: RequestHandler = (request, response, next) => {
    assertCalledBy("mount", "Express", isCall(request, next), request);
    const { baseUrl: base, body: parsed } = request;
    const facts = nodeFacts(request, { response, base, url: urlBelow(request), parsed, native: request });
    if (fallthrough && !unclash.owns(facts.path)) return next();
    if (response.headersSent) warnOfEarlyAnswer(facts);
    whenInTurn(request, response, () => unclash.handle(facts))
      .then((plan) => plan && sendPlan(plan, response))
      .catch((thrown: unknown) => next(errorOf(thrown)));
  };
  return markGuarding(mounted);
}

const rules: OptionRules<MountOptions> = { fallthrough: isBoolean };

function checkMountOptions(options: MountOptions): void {
  if ("prefix" in Object(options)) {
    const instead = 'write app.use("/api", mount(unclash))';
    throw new ConfigurationError(
      "prefix",
      `is not an option of mount on Express, where the path stands before it: ${instead}`,
    );
  }
  checkOptions<MountOptions>("", options, rules);
}

/** What is below the mount. Express 4 takes one `/` too many off `/api//notes`, past whatever guards `/api/notes`. */
function urlBelow({ baseUrl, url, originalUrl }: Request): string {
  return originalUrl === `${baseUrl}/${url}` ? `/${url}` : url;
}
