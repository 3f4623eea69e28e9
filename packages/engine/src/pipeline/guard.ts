import { isStoreError, type StoreError } from "@unclash/core";
import { isPromise } from "@unclash/core/options";
import { warnOfStore } from "../commits/store-failure.js";
import type { ContendedWrite, GivenUp } from "../commits/try-in-line.js";
import { isAppliedAnyway } from "../conflicts/settle.js";
import { createContext, type Evaluated } from "../guards/create-context.js";
import { type Evaluation, evaluateRequest } from "../guards/evaluate-request.js";
import type { GuardContext } from "../guards/guard-context.js";
import type { GuardError } from "../guards/guard-error.js";
import type { GuardExchange } from "../guards/guard-exchange.js";
import type { GuardOptions } from "../guards/guard-options.js";
import { createTally, type GuardReport, type Tally } from "../guards/guard-report.js";
import { type GuardSettings, type RouteOf, resolveGuard } from "../guards/guard-settings.js";
import { GuardedResponse } from "../guards/guarded-response.js";
import { acquireKey, identifyRequest } from "../guards/keyed-request.js";
import { openExchange } from "../guards/open-request.js";
import { type Passed, passedRequest, rememberPassed } from "../guards/passed-requests.js";
import { hasContent } from "../guards/unread-body.js";
import { hasState, isSafe } from "../http/methods.js";
import { contended, type Refused, unavailable } from "../http/refusal.js";
import type { RequestFacts } from "../http/request.js";
import { sentences } from "../http/sentences.js";
import type { ParsedRequest } from "../preconditions/conditions.js";
import type { Loaded } from "../states/loaded-state.js";

/** The outcome of a request at a guard. */
export type Entered<State extends Loaded> =
  /** It is answered here. */
  | { readonly kind: "answer"; readonly error: GuardError }
  /** Its handler runs. */
  | {
      readonly kind: "pass";
      readonly context: GuardContext<State>;
      readonly guardedResponse: GuardedResponse;
      /** How its handler runs again once its write has lost a race; absent where that is for the client to settle. */
      readonly again?: RunAgain<State>;
    };

/** How a handler runs again whose write has lost a race. */
export interface RunAgain<State extends Loaded> {
  /**
   * Lets the request in again, on the state that is there by now.
   *
   * @throws GuardError where it may not be carried out on that state
   */
  enter(): Promise<GuardContext<State>>;
  /** The write, among others of its resource in this process. */
  contendedWrite(): ContendedWrite;
  /** What is answered in the end where others keep winning. */
  giveUp(reason: GivenUp): GuardError;
}

/** The way of a request into its handler, with the statuses that each step can answer. */
export async function enterGuard<Native, State extends Loaded>(
  settings: GuardSettings,
  { load }: Pick<GuardOptions<Native, State>, "load">,
  tally: Tally,
  request: RequestFacts<Native>,
): Promise<Entered<State>> {
  const opened = await openExchange(settings, request); //                       431, 404 of a path, 401, 400
  const { exchange } = opened;
  const around = passedRequest(request.native)?.guardedResponse;
  around?.yieldTo(exchange);
  const isWrite = !isSafe(request.method);
  if (isWrite) tally.write();
  const answer = (error: GuardError): Entered<State> => {
    const { status, outcome } = error.answer;
    tally.refuse(outcome, isWrite);
    if (exchange.isObserved) exchange.publishAnswer({ status, outcome });
    return { kind: "answer", error };
  };
  const refuse = (refused: Refused): Entered<State> => answer(exchange.error(refused));
  const storeFailure = (failure: StoreError): GuardError => {
    warnOfStore(failure);
    return exchange.error(unavailable("not-applied", sentences.storeUnanswered));
  };
  if (opened.kind === "refused") return refuse(opened);
  const { parsedRequest, keyed } = opened;
  const guardedResponse = new GuardedResponse(exchange, tally, around);

  const loadAndEvaluate = async (): Promise<Evaluated> => {
    if (load === undefined || exchange.resource === undefined || !hasState(request.method))
      return { selected: undefined, evaluation: notEvaluated };
    const given = exchange.waitFor("load", load(request.native));
    const state = (isPromise(given) ? await given : given) ?? undefined;
    guardedResponse.hold();
    const selected = state === undefined ? undefined : exchange.select(state);
    return { selected, evaluation: await evaluateRequest(exchange, parsedRequest, selected) };
  };
  const pass = (evaluated: Evaluated, idempotencyKey?: string): Entered<State> => {
    const passed: Passed = { exchange, parsedRequest, guardedResponse, tally, idempotencyKey };
    rememberPassed(request.native, passed);
    const context = createContext<State>(passed, evaluated);
    if (!mayRunAgain(exchange, parsedRequest, evaluated.evaluation)) return { kind: "pass", context, guardedResponse };
    const enter = async (): Promise<GuardContext<State>> => {
      // The last write has lost, and no handler runs here: a repeat with the same key may run.
      guardedResponse.notApplied = true;
      const fresh = await loadAndEvaluate().catch((thrown: unknown) => {
        throw isStoreError(thrown) ? storeFailure(thrown) : thrown;
      });
      const isReported = settings.reportOnly && fresh.selected !== undefined;
      if (fresh.evaluation.kind === "refuse" && !isReported) {
        guardedResponse.refusal = fresh.evaluation.error.answer.outcome;
        throw fresh.evaluation.error;
      }
      guardedResponse.notApplied = false;
      return createContext<State>(passed, fresh);
    };
    const giveUp = (reason: GivenUp): GuardError => {
      // Its last write has lost, as all before it: a repeat with the same key may run.
      guardedResponse.notApplied = true;
      guardedResponse.refusal = "store-unavailable";
      return exchange.error(contended(exchange.resource ?? exchange.instance, reason));
    };
    return {
      kind: "pass",
      context,
      guardedResponse,
      again: { enter, contendedWrite: () => contendedWrite(exchange), giveUp },
    };
  };

  try {
    if (keyed !== undefined) {
      const identified = await identifyRequest(exchange, keyed, parsedRequest);
      const taken = await acquireKey(exchange, identified, parsedRequest, loadAndEvaluate); // replay, 409, 422, 429
      if (taken.kind === "answer") return answer(taken.error);
      guardedResponse.run = taken.run;
      return pass(taken.evaluated, identified.scoped);
    }
    const evaluated = await loadAndEvaluate(); //                      404, 428, 304, 412, conflict
    if (evaluated.evaluation.kind === "pass") return pass(evaluated);
    if (!settings.reportOnly) return answer(evaluated.evaluation.error);
    guardedResponse.reported = evaluated.evaluation.error.answer.outcome;
    tally.refuse(guardedResponse.reported, isWrite);
    return pass(evaluated);
  } catch (thrown) {
    // The handler has not begun: a repeat may run.
    await guardedResponse.run?.settle({ kind: "harmless" });
    // That of the keys, or one of unclash's that `load` looks into.
    if (!isStoreError(thrown)) throw thrown;
    return answer(storeFailure(thrown)); //                                      503
  }
}

const notEvaluated: Evaluation = { kind: "pass", settled: undefined };

/**
 * Whether a write of a request may be tried again on the state that it has lost to: it is for whatever state there is,
 * a strategy lets it through, or nothing is to be refused. Content that only the handler reads can't be read twice.
 */
function mayRunAgain(exchange: GuardExchange, parsedRequest: ParsedRequest, evaluation: Evaluation): boolean {
  const { settings, request } = exchange;
  const { conditions, preferences } = parsedRequest;
  if (settings.load === undefined || isSafe(request.method)) return false;
  const isSettled = evaluation.kind === "pass" && evaluation.settled !== undefined;
  const isApplied = isSettled || isAppliedAnyway(conditions, preferences.onConflict ?? settings.strategy);
  if (!isApplied && !settings.reportOnly) return false;
  return request.body.kind === "parsed" || !hasContent(exchange);
}

function contendedWrite(exchange: GuardExchange): ContendedWrite {
  const { writerLines, requestLimits } = exchange.settings;
  return {
    lines: writerLines,
    key: exchange.resource ?? exchange.instance,
    // From the first loss on, as at collections: a slow handler has its second run too.
    endsAt: performance.now() + requestLimits.contendedWriteMs,
    waitingMax: requestLimits.contendedWritersMax,
    signal: exchange.disconnected(),
  };
}

/** A guard without a framework: an adapter asks it about each request before the handler runs. */
export interface GuardEngine<Native, State extends Loaded> {
  /**
   * Decides on a request. It rejects only with what the app's own functions threw, and with faults of unclash itself.
   */
  enter(request: RequestFacts<Native>): Promise<Entered<State>>;
  /** Whether problems are the framework's error handler's to answer. */
  readonly forwardsErrors: boolean;
  /**
   * Whether it holds a state against requests of a method: without `load` it does so once a handler has called `check`.
   */
  holds(method?: string): boolean;
  /** What has come to this guard in this process so far. */
  report(): GuardReport;
}

/**
 * Makes a guard.
 *
 * @param routeOf names routes as the framework does, for observers
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function createGuard<Native, State extends Loaded>(
  options: GuardOptions<Native, State>,
  routeOf?: RouteOf<Native>,
): GuardEngine<Native, State> {
  const settings = resolveGuard(options, routeOf);
  const tally = createTally();
  return {
    enter: (request) => enterGuard(settings, options, tally, request),
    forwardsErrors: settings.forwardsErrors,
    holds: (method) =>
      settings.load !== undefined || tally.hasHeld || (method === "POST" && settings.idempotency !== undefined),
    report: () => tally.report(),
  };
}
