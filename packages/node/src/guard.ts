import type { IncomingMessage, ServerResponse } from "node:http";
import type { ContextOf, GuardContext, GuardOptions, GuardReport, Loaded, Unloaded } from "unclash";
import {
  admit,
  assertCalledBy,
  assertHandler,
  assertNotServed,
  checkOver,
  contextsOfRequests,
  createGuard,
  createSlot,
  type CheckOptions as EngineCheckOptions,
  errorOf,
  markGuarding,
  ownCheckOptions,
  runGuarded,
  UsageError,
} from "unclash/adapter";
import { isCall, requestFacts } from "./facts.js";
import { answerFailure, warnOfFailure } from "./failure.js";
import type { MountedHandler, Next } from "./mount.js";

/** A guard as connect has its middleware. */
export interface GuardMiddleware<State extends Loaded, Creates extends boolean = false> {
  (request: IncomingMessage, response: ServerResponse, next: Next): void;
  /**
   * What the guard has for the handler of a request that has come through this middleware.
   *
   * @throws UsageError for any other request
   */
  of(request: IncomingMessage): ContextOf<State, Creates>;
  /** What has come to this guard in this process so far. */
  report(): GuardReport;
}

/**
 * Guards what `next` leads to, for whatever calls `(request, response, next)` as connect does. Body parsers belong
 * before it. What `of(request)` gives may throw in a handler: hand that to `problems()`.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function guard<State extends Loaded = Unloaded, const Creates extends boolean = false>(
  options: GuardOptions<IncomingMessage, State, Creates>,
): GuardMiddleware<State, Creates>;
export function guard<State extends Loaded>(options: GuardOptions<IncomingMessage, State>): GuardMiddleware<State> {
  assertNotServed("guard", options);
  const engine = createGuard(options);
  const { keep, of } = contextsOfRequests<IncomingMessage, State>();
  const middleware = (request: IncomingMessage, response: ServerResponse, next: Next): void => {
    assertCalledBy("guard", "node:http", isCall(request, response), request);
    if (typeof next !== "function") {
      answerFailure(request, response);
      warnOfFailure(new UsageError("guard", nextMissing), request);
      return;
    }
    responses.put(request, response);
    admit(engine, requestFacts(request, response), response)
      .then((admitted) => {
        if (admitted === undefined) return;
        keep(request, admitted.context);
        next();
      })
      .catch((thrown: unknown) => next(errorOf(thrown)));
  };
  return markGuarding(Object.assign(middleware, { of, report: engine.report }), "what is behind", engine);
}

/** What a guarded handler gets: Node's request and response, and what its guard has for it. */
export type GuardedContext<State extends Loaded, Creates extends boolean = false> = ContextOf<State, Creates> & {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
};

/**
 * Guards one handler: `createServer(guarded({ load }, async ({ req, res, current, expected, outcome }) => …))`. What it
 * throws is answered, where it is a guard's. All else goes to `next`; where there is none, the client gets a bare 500,
 * and the process is warned (`UNCLASH_REQUEST_FAILED`).
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function guarded<State extends Loaded = Unloaded, const Creates extends boolean = false>(
  options: GuardOptions<IncomingMessage, State, Creates>,
  handler: (context: GuardedContext<State, Creates>) => unknown,
): MountedHandler;
export function guarded<State extends Loaded>(
  options: GuardOptions<IncomingMessage, State>,
  handler: (context: GuardedContext<State>) => unknown,
): MountedHandler {
  assertNotServed("guarded", options);
  assertHandler("guarded", options, handler);
  const engine = createGuard(options);
  const last = { ...engine, forwardsErrors: false };
  const guardedHandler: MountedHandler = (req, res, next) => {
    assertCalledBy("guarded", "node:http", isCall(req, res), req);
    responses.put(req, res);
    // Where nothing comes after this handler, there is nothing to hand problems on to.
    runGuarded(next === undefined ? last : engine, requestFacts(req, res), res, (context) =>
      handler({ req, res, ...context }),
    ).catch((thrown: unknown) => {
      const error = errorOf(thrown);
      if (next !== undefined) return next(error);
      answerFailure(req, res);
      warnOfFailure(error, req);
    });
  };
  return markGuarding(guardedHandler, "itself", engine);
}

/** How `check` treats a request that came through no guard. */
export interface CheckOptions<State extends Loaded> extends EngineCheckOptions<IncomingMessage, State> {
  /**
   * The response to the request, which Node's request does not know. It is not needed where a guard has seen the
   * request.
   */
  readonly response?: ServerResponse;
}

/**
 * Holds a request's preconditions against a state that its handler has loaded itself, in a transaction of its own: what
 * it throws rolls that back, and is answered by `guarded`, or by `problems()`.
 *
 * @param options how, for a request that came through no guard, and its response; one that did is treated by that
 * guard's
 * @throws GuardError where the request may not be carried out on that state
 * @throws UsageError where the request came through no guard, and its response is not given
 */
export function check<State extends Loaded>(
  request: IncomingMessage,
  state: State | null | undefined,
  options?: CheckOptions<State>,
): Promise<GuardContext<State>> {
  const { response, own } = responseIn(options);
  return checkWith(request, state, ownCheckOptions(own), response);
}

/** The response among the options of `check`, and the rest of these; the same object, where it holds none. */
export function responseIn<State extends Loaded>(
  options?: CheckOptions<State>,
): { readonly response: ServerResponse | undefined; readonly own: CheckOptions<State> | undefined } {
  if (options === undefined || !("response" in options)) return { response: undefined, own: options };
  const { response, ...own } = options;
  return { response, own };
}

/** `check` with options of any guard. */
export function checkWith<State extends Loaded>(
  request: IncomingMessage,
  state: State | null | undefined,
  options: GuardOptions<IncomingMessage, State> | undefined,
  response: ServerResponse | undefined = responses.of(request),
): Promise<GuardContext<State>> {
  if (response === undefined) return Promise.reject(new UsageError("check", responseMissing));
  return checkOver<IncomingMessage, State>(requestFacts(request, response), response, state, options);
}

const nextMissing =
  "made a middleware that was called without `next`, by `createServer` it may be, so that it guards " +
  "nothing: for a single handler there is `guarded({ … }, handler)`";

const responseMissing =
  "was given a request that came through no guard: put the handler into `guarded({}, …)`, or give `check` " +
  "the response too, as `check(request, state, { response })`";

/** The responses to the requests that guards have seen: Node's request does not know its own. */
const responses = createSlot<ServerResponse>("response");
