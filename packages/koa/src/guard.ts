import type { Context, Next } from "koa";
import type { ContextOf, GuardContext, GuardOptions, GuardReport, Loaded, Unloaded } from "unclash";
import {
  type Admitted,
  assertCalledBy,
  assertHandler,
  assertNotServed,
  type CheckOptions,
  checkOver,
  contextsOfRequests,
  createGuard,
  describeValue,
  type GuardEngine,
  type GuardedResponse,
  handlerIsOver,
  inTurn,
  isAnsweredHere,
  markGuarding,
  ownCheckOptions,
  prepareResponse,
  runHandler,
  UsageError,
  withholdTag,
} from "unclash/adapter";
import { isBelowMount } from "./below-mount.js";
import { isContext, requestFacts, routeOf } from "./facts.js";
import { keepUnheard } from "./keep-unheard.js";
import { respond } from "./respond.js";

/** A guard as Koa has it: a middleware, for what is behind it. */
export interface GuardMiddleware<State extends Loaded, Creates extends boolean = false> {
  (context: Context, next: Next): Promise<void>;
  /**
   * What the guard has for the handler of a request that has come through this middleware.
   *
   * @throws UsageError for any other request
   */
  of(context: Context): ContextOf<State, Creates>;
  /** What has come to this guard in this process so far. */
  report(): GuardReport;
}

/**
 * Guards the middleware behind it, and answers what `of(context)` throws there:
 * `router.all("/articles/:id", guard({ load }))`. Body parsers belong before it. Middleware before it sees its answers
 * on the context.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function guard<State extends Loaded = Unloaded, const Creates extends boolean = false>(
  options: GuardOptions<Context, State, Creates>,
): GuardMiddleware<State, Creates>;
export function guard<State extends Loaded>(options: GuardOptions<Context, State>): GuardMiddleware<State> {
  assertNotServed("guard", options);
  const engine = createGuard(options, routeOf);
  const { keep, of } = contextsOfRequests<Context, State>();
  const middleware = (context: Context, next: Next): Promise<void> => {
    assertCalledBy("guard", "Koa", isContext(context), context);
    if (isBelowMount(context, middleware)) return next();
    return runGuarded(engine, context, (passed) => {
      keep(context, passed);
      return next();
    });
  };
  return markGuarding(Object.assign(middleware, { of, report: engine.report }), "what is behind", engine);
}

/** What a guarded handler gets: Koa's context, and what its guard has for it. */
export type GuardedContext<
  State extends Loaded,
  Creates extends boolean = false,
  Native extends Context = Context,
> = ContextOf<State, Creates> & { readonly ctx: Native };

/** A middleware that ends the chain. */
export type GuardedMiddleware<Native extends Context = Context> = (context: Native) => Promise<void>;

/**
 * Guards one handler: `router.put("/articles/:id", guarded({ load }, async ({ ctx, current, expected, outcome }) =>
 * …))`. What it throws is answered, where it is a guard's; all else is thrown on.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function guarded<
  State extends Loaded = Unloaded,
  const Creates extends boolean = false,
  Native extends Context = Context,
>(
  options: GuardOptions<Native, State, Creates>,
  handler: (context: GuardedContext<State, Creates, Native>) => unknown,
): GuardedMiddleware<Native>;
export function guarded<State extends Loaded, Native extends Context>(
  options: GuardOptions<Native, State>,
  handler: (context: GuardedContext<State, false, Native>) => unknown,
): GuardedMiddleware<Native> {
  assertNotServed("guarded", options);
  assertHandler("guarded", options, handler);
  const engine = createGuard(options, routeOf);
  const guardedHandler = (ctx: Native): Promise<void> => {
    assertCalledBy("guarded", "Koa", isContext(ctx), ctx);
    return runGuarded(engine, ctx, (context) => handler({ ctx, ...context }), true);
  };
  return markGuarding(guardedHandler, "itself", engine);
}

/**
 * Holds a request's preconditions against a state that its handler has loaded itself, in a transaction of its own: what
 * it throws rolls that back, and is answered by `guard` and `guarded`, or by `app.use(problems())`.
 *
 * @param options how, for a request that came through no guard; one that did is treated by that guard's
 * @throws GuardError where the request may not be carried out on that state
 * @throws UsageError where this is no context of Koa's
 */
export function check<State extends Loaded>(
  context: Context,
  state: State | null | undefined,
  options?: CheckOptions<Context, State>,
): Promise<GuardContext<State>> {
  return checkWith(context, state, ownCheckOptions(options));
}

/** `check` with options of any guard. */
export function checkWith<State extends Loaded>(
  context: Context,
  state: State | null | undefined,
  options?: GuardOptions<Context, State>,
): Promise<GuardContext<State>> {
  if (!isContext(context)) {
    const given = describeValue(context);
    return Promise.reject(new UsageError("check", `must be given Koa's context first, and was given ${given}`));
  }
  return checkOver(requestFacts(context), context.res, state, options, { routeOf });
}

/** Runs what is guarded: whoever may not come in is answered on the context, and so is what a guard throws in it. */
async function runGuarded<State extends Loaded>(
  engine: GuardEngine<Context, State>,
  context: Context,
  run: (context: GuardContext<State>) => unknown,
  isLast = false,
): Promise<void> {
  const admitted = await admit(engine, context);
  if (admitted === undefined) return;
  try {
    await runHandler(
      isLast ? admitted : { context: admitted.context, guardedResponse: admitted.guardedResponse },
      context.res,
      run,
    );
    if (context.respond !== false) checkAnswer(admitted.guardedResponse, context, isLast);
  } catch (thrown) {
    // Once the head is out, it is Koa's to tell the app: half an answer must not look whole.
    if (!isAnsweredHere(engine, thrown) || context.headerSent) throw thrown;
    respond(context, thrown.answer);
  } finally {
    handlerIsOver(admitted.guardedResponse, context.res);
  }
}

/** Koa sends what is on the context once all middleware is through, whoever is still at work. */
function checkAnswer(
  guardedResponse: GuardedResponse,
  { headerSent, status, body, res }: Context,
  isLast: boolean,
): void {
  if (headerSent && !res.writableEnded) return;
  if (headerSent) guardedResponse.answeredElsewhere();
  else if (isLast && status === 404 && body == null) guardedResponse.sentNothing();
}

async function admit<State extends Loaded>(
  engine: GuardEngine<Context, State>,
  context: Context,
): Promise<Admitted<State> | undefined> {
  const turn = inTurn(context.req, context.res);
  if (turn !== undefined && !(await turn)) return undefined;
  const facts = requestFacts(context);
  const entered = await engine.enter(facts);
  if (entered.kind === "pass") {
    prepareResponse(entered.guardedResponse, context.res);
    if (entered.guardedResponse.run !== undefined) keepUnheard(context);
    return entered;
  }
  if (!isAnsweredHere(engine, entered.error)) {
    withholdTag(facts, context.res);
    throw entered.error;
  }
  respond(context, entered.error.answer);
  return undefined;
}
