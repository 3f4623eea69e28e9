import type { Request, RequestHandler, Response } from "express";
import type { ContextOf, GuardContext, GuardOptions, GuardReport, Loaded, Unloaded } from "unclash";
import {
  admit,
  assertCalledBy,
  assertHandler,
  assertNotServed,
  type CheckOptions,
  checkOver,
  contextsOfRequests,
  createGuard,
  describeValue,
  errorOf,
  markGuarding,
  ownCheckOptions,
  runGuarded,
  UsageError,
} from "unclash/adapter";
import { isBelowMount } from "./below-mount.js";
import { isCall, requestFacts } from "./facts.js";
import { keepOwnFreshness } from "./freshness.js";
import { routeNamer } from "./route-name.js";

/** A guard as Express has it: a middleware, for one route, for all methods of one, or for a router. */
export interface GuardMiddleware<State extends Loaded, Creates extends boolean = false> extends RequestHandler {
  /**
   * What the guard has for the handler of a request that has come through this middleware.
   *
   * @throws UsageError for any other request
   */
  of(request: Request): ContextOf<State, Creates>;
  /** What has come to this guard in this process so far. */
  report(): GuardReport;
}

/**
 * Guards the routes behind it: `app.route("/articles/:id").all(guard({ load })).get(…).put(…)`. Body parsers belong
 * before it. What `of(request)` gives may throw in a handler: `app.use(problems())` answers that.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function guard<State extends Loaded = Unloaded, const Creates extends boolean = false>(
  options: GuardOptions<Request, State, Creates>,
): GuardMiddleware<State, Creates>;
export function guard<State extends Loaded>(options: GuardOptions<Request, State>): GuardMiddleware<State> {
  assertNotServed("guard", options);
  const engine = createGuard(
    options,
    routeNamer(() => middleware),
  );
  const { keep, of } = contextsOfRequests<Request, State>();
  const middleware: RequestHandler = (request, response, next) => {
    assertCalledBy("guard", "Express", isCall(request, next), request);
    if (isBelowMount(request, middleware)) return next();
    admit(engine, requestFacts(request, response), response)
      .then((admitted) => {
        if (admitted === undefined) return;
        keepOwnFreshness(request, admitted.context);
        keep(request, admitted.context);
        next();
      })
      .catch((thrown: unknown) => next(errorOf(thrown)));
  };
  return markGuarding(Object.assign(middleware, { of, report: engine.report }), "what is behind", engine);
}

/** The parameters of a path where neither the route nor `load` says which there are. */
type AnyParams = Readonly<Record<string, string>>;

/** What a guarded handler gets: Express's request and response, and what its guard has for it. */
export type GuardedContext<
  State extends Loaded,
  Creates extends boolean = false,
  Params = AnyParams,
  ResBody = AnyBody,
  ReqBody = AnyBody,
> = ContextOf<State, Creates> & {
  readonly req: Request<Params, ResBody, ReqBody>;
  readonly res: Response<ResBody>;
};

/** The body of a request whose type nobody has said. */
type AnyBody = Request["body"];

/**
 * Guards one handler: `app.put("/articles/:id", guarded({ load }, async ({ req, res, current, expected, outcome }) =>
 * …))`. What it throws is answered, where it is a guard's, or goes to `next`, in Express 4 too. The types of parameters
 * and bodies are those that `load` declares, or the route: `app.route("/articles/:id").put(guarded(…))`.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function guarded<
  State extends Loaded = Unloaded,
  const Creates extends boolean = false,
  Params = AnyParams,
  ResBody = AnyBody,
  ReqBody = AnyBody,
>(
  options: GuardOptions<Request<Params, ResBody, ReqBody>, State, Creates>,
  handler: (context: GuardedContext<State, Creates, Params, ResBody, ReqBody>) => unknown,
): RequestHandler<Params, ResBody, ReqBody>;
export function guarded<State extends Loaded, Params, ResBody, ReqBody>(
  options: GuardOptions<Request<Params, ResBody, ReqBody>, State>,
  handler: (context: GuardedContext<State, false, Params, ResBody, ReqBody>) => unknown,
): RequestHandler<Params, ResBody, ReqBody> {
  assertNotServed("guarded", options);
  assertHandler("guarded", options, handler);
  const engine = createGuard(
    options,
    routeNamer(() => guardedHandler),
  );
  const guardedHandler: RequestHandler<Params, ResBody, ReqBody> = (req, res, next) => {
    assertCalledBy("guarded", "Express", isCall(req, next), req);
    runGuarded(engine, requestFacts(req, res), res, (context) => {
      keepOwnFreshness(req, context);
      return handler({ req, res, ...context });
    }).catch((thrown: unknown) => next(errorOf(thrown)));
  };
  return markGuarding(guardedHandler, "itself", engine);
}

/**
 * Holds a request's preconditions against a state that its handler has loaded itself, in a transaction of its own: what
 * it throws rolls that back, and is answered by `guarded`, or by `app.use(problems())`.
 *
 * @param options how, for a request that came through no guard; one that did is treated by that guard's
 * @throws GuardError where the request may not be carried out on that state
 * @throws UsageError where this is no request that Express has handed to a handler
 */
export function check<State extends Loaded>(
  request: Request,
  state: State | null | undefined,
  options?: CheckOptions<Request, State>,
): Promise<GuardContext<State>> {
  return checkWith(request, state, ownCheckOptions(options));
}

/** `check` with options of any guard. */
export function checkWith<State extends Loaded>(
  request: Request,
  state: State | null | undefined,
  options?: GuardOptions<Request, State>,
): Promise<GuardContext<State>> {
  const res = request?.res;
  if (res === undefined) {
    const given = describeValue(request);
    return Promise.reject(new UsageError("check", `must be given Express's request first, and was given ${given}`));
  }
  return checkOver(requestFacts(request, res), res, state, options, {
    routeOf: routeOfRequest,
    passed: (found) => keepOwnFreshness(request, found),
  });
}

const routeOfRequest = routeNamer(() => undefined);
