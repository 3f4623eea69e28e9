import type { Request, RequestHandler, Response } from "express";
import type { Guard, GuardOptions, GuardReport, LoadedState, Unloaded, ValueOf, VersionOf } from "unclash";
import {
  checkRequest,
  createGuard,
  errorOf,
  type GuardEngine,
  isGuardError,
  markGuarding,
  passThrough,
  sendAnswer,
} from "unclash/adapter";
import { requestFacts } from "./facts.js";

/** A guard as Express has it: a middleware, for one route, for all methods of one, or for a router. */
export interface GuardMiddleware<State extends LoadedState> extends RequestHandler {
  /**
   * The guard of a request that has come through this middleware.
   *
   * @throws TypeError for any other request
   */
  of(request: Request): Guard<State>;
  /** What has come to this guard in this process so far. */
  report(): GuardReport;
}

/**
 * Guards the routes behind it: `app.route("/articles/:id").all(guard({ load })).get(…).put(…)`. Body parsers belong before
 * it. What `of(request)` gives may throw in a handler: `app.use(problems())` answers that.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function guard<State extends LoadedState = Unloaded>(
  options: GuardOptions<Request, State>,
): GuardMiddleware<State> {
  const engine = createGuard(options);
  const guards = new WeakMap<Request, Guard<State>>();
  const middleware: RequestHandler = (request, response, next) => {
    enter(engine, request, response)
      .then((passed) => {
        if (passed === undefined) return;
        guards.set(request, passed);
        next();
      })
      .catch((thrown: unknown) => next(errorOf(thrown)));
  };
  return markGuarding(
    Object.assign(middleware, {
      of(request: Request): Guard<State> {
        const found = guards.get(request);
        if (found === undefined) throw new TypeError("This request has not come through this guard.");
        return found;
      },
      report: () => engine.report(),
    }),
  );
}

/** What a guarded handler is given; `current` and `expected` are what `load` gave. */
export interface GuardedContext<State extends LoadedState, Current, Expected> {
  readonly req: Request;
  readonly res: Response;
  readonly current: Current;
  readonly expected: Expected;
  readonly guard: Guard<State, Current, Expected>;
}

/**
 * Guards one handler: `app.put("/articles/:id", guarded({ load }, async ({ req, res, current, expected, guard }) => …))`.
 * What it throws is answered, where it is a guard's, or goes to `next`, in Express 4 too.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function guarded<State extends LoadedState = Unloaded>(
  options: GuardOptions<Request, State> & { readonly creates: true },
  handler: (context: GuardedContext<State, ValueOf<State> | undefined, VersionOf<State> | undefined>) => unknown,
): RequestHandler;
export function guarded<State extends LoadedState = Unloaded>(
  options: GuardOptions<Request, State>,
  handler: (context: GuardedContext<State, ValueOf<State>, VersionOf<State>>) => unknown,
): RequestHandler;
export function guarded<State extends LoadedState>(
  options: GuardOptions<Request, State>,
  handler: (context: GuardedContext<State, ValueOf<State>, VersionOf<State>>) => unknown,
): RequestHandler {
  const engine = createGuard(options);
  const run = async (req: Request, res: Response): Promise<void> => {
    const passed = await enter(engine, req, res);
    if (passed === undefined) return;
    try {
      await handler({ req, res, current: passed.current, expected: passed.expected, guard: passed });
    } catch (thrown) {
      // Once the head is out, the framework has to break the connection off: half an answer must not look whole.
      if (!isGuardError(thrown) || engine.handsOn || res.headersSent) throw thrown;
      sendAnswer(thrown.answer, res);
    }
  };
  const guardedHandler: RequestHandler = (request, response, next) => {
    run(request, response).catch((thrown: unknown) => next(errorOf(thrown)));
  };
  return markGuarding(guardedHandler);
}

/**
 * Holds a request's preconditions against a state that its handler has loaded itself, in a transaction of its own: what it
 * throws rolls that back, and is answered by `guarded`, or by `app.use(problems())`.
 *
 * @param options how, for a request that came through no guard; one that did is treated by that guard's
 * @throws GuardError where the request may not be carried out on that state
 */
export async function check<State extends LoadedState>(
  request: Request,
  state: State | null | undefined,
  options?: GuardOptions<Request, State>,
): Promise<Guard<State>> {
  const checked = await checkRequest(requestFacts(request), state, options);
  if (checked.isNew && request.res !== undefined) passThrough(checked.passage, request.res);
  return checked.guard;
}

/** The guard of a request that may pass; nothing for one that is answered here. */
async function enter<State extends LoadedState>(
  engine: GuardEngine<Request, State>,
  request: Request,
  response: Response,
): Promise<Guard<State> | undefined> {
  const entered = await engine.enter(requestFacts(request));
  if (entered.kind === "pass") {
    passThrough(entered.passage, response);
    return entered.guard;
  }
  if (engine.handsOn && entered.error.problem !== undefined) throw entered.error;
  sendAnswer(entered.error.answer, response);
  return undefined;
}
