import type { Middleware } from "koa";
import { assertNotServed, checkOptions, httpErrorPlan, isGuardError, isText, type OptionRules } from "unclash/adapter";
import { respond } from "./respond.js";

export interface ProblemsOptions {
  /** What a problem's `type` begins with, for errors that no guard made. @default "urn:problem-type:unclash:" */
  readonly problemTypePrefix?: string;
}

const rules: OptionRules<ProblemsOptions> = { problemTypePrefix: isText };

/**
 * A middleware for the beginning of an app: `app.use(problems())`. It answers what guards and `check` throw, and, as
 * problems too, what body parsers refuse. All other errors are thrown on.
 *
 * @throws ConfigurationError where an option can't be
 */
export function problems(options: ProblemsOptions = {}): Middleware {
  assertNotServed("problems", options);
  checkOptions<ProblemsOptions>("", options, rules);
  const { problemTypePrefix } = options;
  return async (context, next) => {
    try {
      await next();
    } catch (thrown) {
      const path = context.originalUrl.split("?", 1)[0] ?? "";
      const answer = isGuardError(thrown) ? thrown.answer : httpErrorPlan(thrown, path, problemTypePrefix);
      if (answer === undefined || context.headerSent) throw thrown;
      respond(context, answer);
    }
  };
}
