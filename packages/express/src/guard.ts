import type { Request, RequestHandler, Response } from "express";
import type { Guard, GuardOptions, GuardReport, LoadedState, Unloaded, ValueOf, VersionOf } from "unclash";
import {
  admit,
  assertCalledBy,
  assertHandler,
  assertNotServed,
  type CheckOptions,
  checkOver,
  createGuard,
  describeValue,
  errorOf,
  guardsOfRequests,
  markGuarding,
  runGuarded,
  UsageError,
} from "unclash/adapter";
import { isBelowMount } from "./below-mount.js";
import { isCall, requestFacts } from "./facts.js";
import { keepOwnFreshness } from "./freshness.js";

/** A guard as Express has it: a middleware, for one route, for all methods of one, or for a router. */
export interface GuardMiddleware<State extends LoadedState> extends RequestHandler {
  /**
   * The guard of a request that has come through this middleware.
   *
   * @throws UsageError for any other request
   */
  of(request: Request): Guard<State>;
  /** What has come to this guard in this process so far. */
  report(): GuardReport;
}

/**
 * Guards the routes behind it: `app.route("/articles/:id").all(guard({ load })).get(…).put(…)`. Body parsers belong
 * before it. What `of(request)` gives may throw in a handler: `app.use(problems())` answers that.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function guard<State extends LoadedState = Unloaded>(
  options: GuardOptions<Request, State>,
): GuardMiddleware<State> {
  assertNotServed("guard", options);
  const engine = createGuard(options);
  const { keep, of } = guardsOfRequests<Request, State>();
  const middleware: RequestHandler = (request, response, next) => {
    assertCalledBy("guard", "Express", isCall(request, next), request);
    if (isBelowMount(request, middleware)) return next();
    admit(engine, requestFacts(request), response)
      .then((admitted) => {
        if (admitted === undefined) return;
        keepOwnFreshness(request, admitted.guard);
        keep(request, admitted.guard);
        next();
      })
      .catch((thrown: unknown) => next(errorOf(thrown)));
  };
  return markGuarding(Object.assign(middleware, { of, report: engine.report }), "what is behind", engine);
}

/** The parameters of a path where neither the route nor `load` says which there are. */
type AnyParams = Readonly<Record<string, string>>;

/** What a guarded handler is given; `current` and `expected` are what `load` gave. */
export interface GuardedContext<State extends LoadedState, Current, Expected, Params = AnyParams> {
  readonly req: Request<Params>;
  readonly res: Response;
  readonly current: Current;
  readonly expected: Expected;
  readonly guard: Guard<State, Current, Expected>;
}

/**
 * Guards one handler: `app.put("/articles/:id", guarded({ load }, async ({ req, res, current, expected, guard }) =>
 * …))`. What it throws is answered, where it is a guard's, or goes to `next`, in Express 4 too.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function guarded<State extends LoadedState = Unloaded, Params = AnyParams>(
  options: GuardOptions<Request<Params>, State> & { readonly creates?: false },
  handler: (context: GuardedContext<State, ValueOf<State>, VersionOf<State>, Params>) => unknown,
): RequestHandler<Params>;
export function guarded<State extends LoadedState = Unloaded, Params = AnyParams>(
  options: GuardOptions<Request<Params>, State>,
  handler: (
    context: GuardedContext<State, ValueOf<State> | undefined, VersionOf<State> | undefined, Params>,
  ) => unknown,
): RequestHandler<Params>;
export function guarded<State extends LoadedState, Params>(
  options: GuardOptions<Request<Params>, State>,
  handler: (context: GuardedContext<State, ValueOf<State>, VersionOf<State>, Params>) => unknown,
): RequestHandler<Params> {
  assertNotServed("guarded", options);
  assertHandler("guarded", options, handler);
  const engine = createGuard(options);
  const guardedHandler: RequestHandler<Params> = (req, res, next) => {
    assertCalledBy("guarded", "Express", isCall(req, next), req);
    runGuarded(engine, requestFacts(req), res, (passed) => {
      keepOwnFreshness(req, passed);
      return handler({ req, res, current: passed.current, expected: passed.expected, guard: passed });
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
export function check<State extends LoadedState>(
  request: Request,
  state: State | null | undefined,
  options?: CheckOptions<Request, State>,
): Promise<Guard<State>> {
  const res = request?.res;
  if (res === undefined) {
    const given = describeValue(request);
    return Promise.reject(new UsageError("check", `must be given Express's request first, and was given ${given}`));
  }
  return checkOver(requestFacts(request), res, state, options, (found) => keepOwnFreshness(request, found));
}
