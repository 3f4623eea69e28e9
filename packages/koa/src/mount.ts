import type { Context, Middleware } from "koa";
import type { Unclash } from "unclash";
import {
  assertCalledBy,
  assertEngine,
  bodyLeftOn,
  checkOptions,
  findMount,
  isBoolean,
  isPrefix,
  markGuarding,
  nodeFacts,
  normalizePrefix,
  type OptionRules,
  warnOfEarlyAnswer,
  whenInTurn,
} from "unclash/adapter";
import { isContext } from "./facts.js";
import { respondPlan } from "./respond.js";

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
 * Mounts an engine in a Koa app: `app.use(mount(unclash, { prefix: "/api" }))`. Body parsers belong behind it.
 * Middleware before it sees status, headers and body of the answer; what the app's own functions throw is thrown on.
 *
 * The native request, which `identify` sees, is Koa's context.
 *
 * @throws ConfigurationError where an option can't be, and UsageError where this is no engine
 */
export function mount(unclash: Unclash<Context>, options: MountOptions = {}): Middleware {
  assertEngine("mount", unclash);
  checkOptions<MountOptions>("", options, rules);
  const { prefix = "", fallthrough = true } = options;
  const normalized = normalizePrefix(prefix);
  const answer: Middleware = async (context, next) => {
    const point = findMount(context.url, normalized, context.originalUrl);
    if (point === undefined) return next();
    const facts = nodeFacts(context.req, {
      response: context.res,
      ...point,
      parsed: bodyLeftOn(context.request),
      native: context,
    });
    if (fallthrough && !unclash.owns(facts.path)) return next();
    const plan = await whenInTurn(context.req, context.res, () => unclash.handle(facts));
    if (plan === undefined) return;
    if (context.headerSent) warnOfEarlyAnswer(facts);
    respondPlan(context, plan);
  };
  const mounted: Middleware = (context, next) => {
    assertCalledBy("mount", "Koa", isContext(context), context);
    return answer(context, next);
  };
  return markGuarding(mounted);
}

const rules: OptionRules<MountOptions> = { prefix: isPrefix, fallthrough: isBoolean };
