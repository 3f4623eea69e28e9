import type { FastifyError, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import type { ContextOf, GuardContext, GuardOptions, GuardReport, Loaded, Unloaded } from "unclash";
import {
  type Admitted,
  assertCalledBy,
  type CheckOptions,
  checkOver,
  contextsOfRequests,
  createGuard,
  describeValue,
  type GuardEngine,
  handedOver,
  inTurn,
  isAnsweredHere,
  markGuarding,
  ownCheckOptions,
  prepareResponse,
  UsageError,
  withholdTag,
} from "unclash/adapter";
import { answerErrors, answerGuardErrors, guardAnswer, watchUnanswered } from "./answering.js";
import { isCall, requestFacts, routeOf } from "./facts.js";
import { pluginOfContext } from "./register-options.js";
import { rememberReply, replyOf } from "./replies.js";
import { sendAnswer } from "./send-reply.js";

/** A request whose parameters are those of its path; another type is taken from how `load` declares its own. */
export type GuardedRequest = FastifyRequest<{ Params: Readonly<Record<string, string>> }>;

/** What makes one route a guarded one: options for `app.put(url, customers.route, handler)`. */
export interface GuardRoute {
  readonly preHandler: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  /** Answers what the guard throws in the handler; not there with `onError: "next"`. */
  readonly errorHandler?: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => void;
}

/** A guard as Fastify has it: a plugin for the context that it is registered in, or options for one route. */
export interface GuardPlugin<State extends Loaded, Creates extends boolean = false> extends FastifyPluginAsync {
  readonly route: GuardRoute;
  /**
   * What the guard has for the handler of a request that has come through this plugin, or through its `route`.
   *
   * @throws UsageError for any other request
   */
  of(request: FastifyRequest): ContextOf<State, Creates>;
  /** What has come to this guard in this process so far. */
  report(): GuardReport;
}

/**
 * Guards the routes of a context, and of those inside it: `app.register(guard({ load }))`. It runs as a `preHandler`
 * hook, after parsing and validation, and not for routes that do not exist. What it throws in a handler it answers too,
 * for routes that come after it; of one that was there before, the process warns (`UNCLASH_REFUSAL_UNANSWERED`).
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function guard<
  State extends Loaded = Unloaded,
  const Creates extends boolean = false,
  Native extends FastifyRequest = GuardedRequest,
>(options: GuardOptions<Native, State, Creates>): GuardPlugin<State, Creates>;
export function guard<State extends Loaded, Native extends FastifyRequest>(
  options: GuardOptions<Native, State>,
): GuardPlugin<State> | Promise<never> {
  const misuse = handedOver("guard", options);
  // Fastify hears of what is thrown by what it takes for a plugin only where that is a promise.
  if (misuse !== undefined) return Promise.reject(misuse);
  const engine = createGuard<FastifyRequest, State>(options, routeOf);
  const contexts = contextsOfRequests<FastifyRequest, State>();
  const preHandler = (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    assertCalledBy("guard", "Fastify", isCall(request), request);
    // Hooks run for requests that no route was found for, too; and a route may name the guard of its own context.
    if (request.is404 || contexts.has(request)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      enter(engine, request, reply).then((admitted) => {
        // One that is answered is never resolved: Fastify would go on to the handler if its client went away meanwhile.
        if (admitted === undefined) return;
        contexts.keep(request, admitted.context);
        resolve();
      }, reject);
    });
  };
  markGuarding(preHandler, "what is behind", engine);
  const plugin = pluginOfContext("guard", "unclash-guard", (app) => {
    markGuarding(app, "what is behind", engine);
    app.addHook("preHandler", preHandler);
    if (engine.forwardsErrors) return;
    answerErrors(app, guardAnswer);
    watchUnanswered(app);
  });
  return Object.assign(plugin, {
    route: { preHandler, ...(!engine.forwardsErrors && { errorHandler: answerGuardErrors }) },
    of: contexts.of,
    report: () => engine.report(),
  });
}

/**
 * Holds a request's preconditions against a state that its handler has loaded itself, in a transaction of its own: what
 * it throws rolls that back, and is answered by the guard that the request came through, or by
 * `app.register(problems())`.
 *
 * @param options how, for a request that came through no guard; one that did is treated by that guard's
 * @throws GuardError where the request may not be carried out on that state
 * @throws UsageError where the request came through neither a guard nor a context with `problems()`
 */
export function check<State extends Loaded, Native extends FastifyRequest = GuardedRequest>(
  request: FastifyRequest,
  state: State | null | undefined,
  options?: CheckOptions<Native, State>,
): Promise<GuardContext<State>> {
  return checkWith(request, state, ownCheckOptions(options));
}

/** `check` with options of any guard. */
export function checkWith<State extends Loaded, Native extends FastifyRequest>(
  request: FastifyRequest,
  state: State | null | undefined,
  options?: GuardOptions<Native, State>,
): Promise<GuardContext<State>> {
  const reply = replyOf(request);
  if (reply === undefined) {
    const problem = isCall(request)
      ? "finds no reply of this request: register problems() in its context, or a guard"
      : `must be given Fastify's request first, and was given ${describeValue(request)}`;
    return Promise.reject(new UsageError("check", problem));
  }
  return checkOver<FastifyRequest, State>(requestFacts(request, reply), reply.raw, state, options, { routeOf });
}

/** Lets a request in at a guard; gives nothing for one that is answered here, through Fastify. */
export async function enter<State extends Loaded>(
  engine: GuardEngine<FastifyRequest, State>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Admitted<State> | undefined> {
  rememberReply(request, reply);
  const turn = inTurn(request.raw, reply.raw);
  if (turn !== undefined && !(await turn)) {
    reply.hijack();
    return undefined;
  }
  const facts = requestFacts(request, reply);
  const entered = await engine.enter(facts);
  if (entered.kind === "pass") {
    prepareResponse(entered.guardedResponse, reply.raw, reply.getHeaders());
    return entered;
  }
  if (!isAnsweredHere(engine, entered.error)) {
    withholdTag(facts, reply.raw);
    throw entered.error;
  }
  sendAnswer(reply, entered.error.answer);
  return undefined;
}
