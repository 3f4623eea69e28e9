import type { Context, Next } from "koa";
import type { Guard, GuardOptions, GuardReport, LoadedState, Unloaded, ValueOf, VersionOf } from "unclash";
import {
  type Admitted,
  assertCalledBy,
  assertHandler,
  assertNotServed,
  type CheckOptions,
  checkOver,
  createGuard,
  describeValue,
  type GuardEngine,
  guardsOfRequests,
  handlerIsOver,
  inTurn,
  isGuardError,
  markGuarding,
  type Passage,
  passThrough,
  runHandler,
  UsageError,
  withholdTag,
} from "unclash/adapter";
import { isBelowMount } from "./below-mount.js";
import { isContext, requestFacts } from "./facts.js";
import { keepUnheard } from "./keep-unheard.js";
import { respond } from "./respond.js";

/** A guard as Koa has it: a middleware, for what is behind it. */
export interface GuardMiddleware<State extends LoadedState> {
  (context: Context, next: Next): Promise<void>;
  /**
   * The guard of a request that has come through this middleware.
   *
   * @throws UsageError for any other request
   */
  of(context: Context): Guard<State>;
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
export function guard<State extends LoadedState = Unloaded>(
  options: GuardOptions<Context, State>,
): GuardMiddleware<State> {
  assertNotServed("guard", options);
  const engine = createGuard(options);
  const { keep, of } = guardsOfRequests<Context, State>();
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

/** What a guarded handler is given; `current` and `expected` are what `load` gave. */
export interface GuardedContext<State extends LoadedState, Current, Expected> {
  readonly ctx: Context;
  readonly current: Current;
  readonly expected: Expected;
  readonly guard: Guard<State, Current, Expected>;
}

/** A middleware that ends the chain. */
export type GuardedMiddleware = (context: Context) => Promise<void>;

/**
 * Guards one handler: `router.put("/articles/:id", guarded({ load }, async ({ ctx, current, expected, guard }) => …))`.
 * What it throws is answered, where it is a guard's; all else is thrown on.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function guarded<State extends LoadedState = Unloaded>(
  options: GuardOptions<Context, State> & { readonly creates?: false },
  handler: (context: GuardedContext<State, ValueOf<State>, VersionOf<State>>) => unknown,
): GuardedMiddleware;
export function guarded<State extends LoadedState = Unloaded>(
  options: GuardOptions<Context, State>,
  handler: (context: GuardedContext<State, ValueOf<State> | undefined, VersionOf<State> | undefined>) => unknown,
): GuardedMiddleware;
export function guarded<State extends LoadedState>(
  options: GuardOptions<Context, State>,
  handler: (context: GuardedContext<State, ValueOf<State>, VersionOf<State>>) => unknown,
): GuardedMiddleware {
  assertNotServed("guarded", options);
  assertHandler("guarded", options, handler);
  const engine = createGuard(options);
  const guardedHandler = (ctx: Context): Promise<void> => {
    assertCalledBy("guarded", "Koa", isContext(ctx), ctx);
    return runGuarded(
      engine,
      ctx,
      (passed) => handler({ ctx, current: passed.current, expected: passed.expected, guard: passed }),
      true,
    );
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
export function check<State extends LoadedState>(
  context: Context,
  state: State | null | undefined,
  options?: CheckOptions<Context, State>,
): Promise<Guard<State>> {
  if (!isContext(context)) {
    const given = describeValue(context);
    return Promise.reject(new UsageError("check", `must be given Koa's context first, and was given ${given}`));
  }
  return checkOver(requestFacts(context), context.res, state, options);
}

/** Runs what is guarded: whoever may not come in is answered on the context, and so is what a guard throws in it. */
async function runGuarded<State extends LoadedState>(
  engine: GuardEngine<Context, State>,
  context: Context,
  run: (guard: Guard<State>) => unknown,
  isLast = false,
): Promise<void> {
  const admitted = await admit(engine, context);
  if (admitted === undefined) return;
  try {
    await runHandler(isLast ? admitted : { guard: admitted.guard, passage: admitted.passage }, context.res, run);
    if (context.respond !== false) checkAnswer(admitted.passage, context, isLast);
  } catch (thrown) {
    // Once the head is out, it is Koa's to tell the app: half an answer must not look whole.
    if (!isGuardError(thrown) || engine.handsOn || context.headerSent) throw thrown;
    respond(context, thrown.answer);
  } finally {
    handlerIsOver(admitted.passage, context.res);
  }
}

/** Koa sends what is on the context once all middleware is through, whoever is still at work. */
function checkAnswer(passage: Passage, { headerSent, status, body, res }: Context, isLast: boolean): void {
  if (headerSent && !res.writableEnded) return;
  if (headerSent) passage.answeredElsewhere();
  else if (isLast && status === 404 && body == null) passage.sentNothing();
}

async function admit<State extends LoadedState>(
  engine: GuardEngine<Context, State>,
  context: Context,
): Promise<Admitted<State> | undefined> {
  const turn = inTurn(context.req, context.res);
  if (turn !== undefined && !(await turn)) return undefined;
  const facts = requestFacts(context);
  const entered = await engine.enter(facts);
  if (entered.kind === "pass") {
    passThrough(entered.passage, context.res);
    if (entered.passage.run !== undefined) keepUnheard(context);
    return entered;
  }
  if (engine.handsOn && entered.error.problem !== undefined) {
    withholdTag(facts, context.res);
    throw entered.error;
  }
  respond(context, entered.error.answer);
  return undefined;
}
