import { isStoreError } from "@unclash/core";
import { isPromise } from "@unclash/core/options";
import { warnOfStore } from "../commits/store-failure.js";
import type { GuardContext } from "../guards/guard-context.js";
import type { GuardError } from "../guards/guard-error.js";
import type { GuardExchange } from "../guards/guard-exchange.js";
import { type Looked, letPass } from "../guards/guard-handle.js";
import type { GuardOptions } from "../guards/guard-options.js";
import { createTally, type GuardReport, type Tally } from "../guards/guard-report.js";
import { type GuardSettings, resolveGuard } from "../guards/guard-settings.js";
import { type Judgement, judge } from "../guards/judge.js";
import { identifyRequest, takeKey } from "../guards/keyed-request.js";
import { openExchange } from "../guards/open-request.js";
import { Passage } from "../guards/passage.js";
import { type Passed, passedRequest, rememberPassed } from "../guards/passed-requests.js";
import { hasContent } from "../guards/unseen-body.js";
import { hasState, isSafe } from "../http/methods.js";
import { type Refused, unavailable } from "../http/refusal.js";
import { describeRequest, type RequestFacts } from "../http/request.js";
import { sentences } from "../http/sentences.js";
import { watchPending } from "../options/pending-callbacks.js";
import type { Terms } from "../preconditions/conditions.js";
import type { Loaded } from "../states/loaded-state.js";

/** The outcome of a request at a guard. */
export type Entered<State extends Loaded> =
  /** It is answered here. */
  | { readonly kind: "answer"; readonly error: GuardError }
  /** Its handler runs. */
  | {
      readonly kind: "pass";
      readonly context: GuardContext<State>;
      readonly passage: Passage;
      /**
       * Lets the request in again, on the state that is there by now; absent where a lost race is for the client to
       * settle.
       */
      readonly again?: () => Promise<GuardContext<State>>;
    };

/** The way of a request into its handler, with the statuses that each step can answer. */
export async function enterGuard<Native, State extends Loaded>(
  settings: GuardSettings,
  { load }: Pick<GuardOptions<Native, State>, "load">,
  tally: Tally,
  request: RequestFacts<Native>,
): Promise<Entered<State>> {
  const opened = await openExchange(settings, request); //                       431, 404 of a path, 401, 400
  const { exchange } = opened;
  const isWrite = !isSafe(request.method);
  if (isWrite) tally.write();
  const answer = (error: GuardError): Entered<State> => {
    const { status, outcome } = error.answer;
    tally.refuse(outcome, isWrite);
    if (exchange.isObserved) exchange.tell({ status, outcome, resource: exchange.resource });
    return { kind: "answer", error };
  };
  const refuse = (refused: Refused): Entered<State> => answer(exchange.error(refused));
  if (opened.kind === "refused") return refuse(opened);
  const { terms, keyed } = opened;
  const passage = new Passage(exchange, tally, passedRequest(request.native)?.passage);

  const look = async (): Promise<Looked> => {
    if (load === undefined || exchange.resource === undefined || !hasState(request.method))
      return { selected: undefined, judgement: unjudged };
    const loaded = load(request.native);
    const waiting = (): string => describeRequest(request);
    const state = (isPromise(loaded) ? await watchPending("load", loaded, waiting) : loaded) ?? undefined;
    passage.hold();
    const selected = state === undefined ? undefined : exchange.select(state);
    return { selected, judgement: await judge(exchange, terms, selected) };
  };
  const pass = (looked: Looked, idempotencyKey?: string): Entered<State> => {
    const passed: Passed = { exchange, terms, passage, tally, idempotencyKey };
    rememberPassed(request.native, passed);
    const again = async (): Promise<GuardContext<State>> => {
      const fresh = await look();
      const isReported = settings.reportOnly && fresh.selected !== undefined;
      if (fresh.judgement.kind === "refuse" && !isReported) throw fresh.judgement.error;
      return letPass<State>(passed, fresh);
    };
    const context = letPass<State>(passed, looked);
    return mayRunAgain(exchange, terms)
      ? { kind: "pass", context, passage, again }
      : { kind: "pass", context, passage };
  };

  try {
    if (keyed !== undefined) {
      const identified = await identifyRequest(exchange, keyed, terms);
      const taken = await takeKey(exchange, identified, terms, look); //         replay, 409, 422, 429, then as below
      if (taken.kind === "answer") return answer(taken.error);
      passage.run = taken.run;
      return pass(taken.looked, identified.scoped);
    }
    const looked = await look(); //                                              404, 428, 304, 412, conflict
    if (looked.judgement.kind === "pass") return pass(looked);
    if (!settings.reportOnly) return answer(looked.judgement.error);
    passage.reported = looked.judgement.error.answer.outcome;
    tally.refuse(passage.reported, isWrite);
    return pass(looked);
  } catch (thrown) {
    // The handler has not begun: a repeat may run.
    await passage.run?.settle({ kind: "harmless" });
    // That of the keys, or one of unclash's that `load` looks into.
    if (!isStoreError(thrown)) throw thrown;
    warnOfStore(thrown);
    return refuse(unavailable("not-applied", sentences.storeUnanswered)); //     503
  }
}

const unjudged: Judgement = { kind: "pass", settled: undefined };

/**
 * Whether a write of a request may be tried again on the state that it has lost to: nobody has said which one it is
 * for, or nothing is to be refused. Content that only the handler reads can't be read twice.
 */
function mayRunAgain(exchange: GuardExchange, { conditions }: Terms): boolean {
  const { settings, request } = exchange;
  if (settings.load === undefined || isSafe(request.method)) return false;
  if (!settings.reportOnly && (settings.preconditionRequired || Object.keys(conditions).length > 0)) return false;
  return request.body.kind === "parsed" || !hasContent(exchange);
}

/** A guard without a framework: an adapter asks it about each request before the handler runs. */
export interface GuardEngine<Native, State extends Loaded> {
  /**
   * Decides on a request. It rejects only with what the app's own functions threw, and with faults of unclash itself.
   */
  enter(request: RequestFacts<Native>): Promise<Entered<State>>;
  /** Whether problems are the framework's error handler's to answer. */
  readonly handsOn: boolean;
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
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function createGuard<Native, State extends Loaded>(
  options: GuardOptions<Native, State>,
): GuardEngine<Native, State> {
  const settings = resolveGuard(options);
  const tally = createTally();
  return {
    enter: (request) => enterGuard(settings, options, tally, request),
    handsOn: settings.handsOn,
    holds: (method) =>
      settings.load !== undefined || tally.hasHeld || (method === "POST" && settings.idempotency !== undefined),
    report: () => tally.report(),
  };
}
