import { isStoreError } from "@unclash/core";
import { warnOfStore } from "../commits/store-failure.js";
import { hasState, isSafe } from "../http/methods.js";
import { type Refused, unavailable } from "../http/refusal.js";
import type { RequestFacts } from "../http/request.js";
import type { Terms } from "../preconditions/conditions.js";
import type { LoadedState } from "../states/loaded-state.js";
import type { Guard } from "./guard.js";
import type { GuardError } from "./guard-error.js";
import type { GuardExchange } from "./guard-exchange.js";
import { type Looked, letPass, type Passed } from "./guard-handle.js";
import type { GuardOptions } from "./guard-options.js";
import type { Tally } from "./guard-report.js";
import type { GuardSettings } from "./guard-settings.js";
import { type Judgement, judge } from "./judge.js";
import { identifyRequest, takeKey } from "./keyed-request.js";
import { Passage } from "./passage.js";
import { passedRequest, rememberPassed } from "./passed-requests.js";
import { openExchange } from "./terms.js";

/** What becomes of a request at a guard. */
export type Entered<State extends LoadedState> =
  /** It is answered here. */
  | { readonly kind: "answer"; readonly error: GuardError }
  /** Its handler runs. */
  | {
      readonly kind: "pass";
      readonly guard: Guard<State>;
      readonly passage: Passage;
      /** Lets the request in again, on the state that is there by now; absent where a lost race is for the client to settle. */
      readonly again?: () => Promise<Guard<State>>;
    };

/** The way of a request into its handler: identify → malformed → idempotency → load → 404 → 428 → preconditions. */
export async function enterGuard<Native, State extends LoadedState>(
  settings: GuardSettings,
  { load }: Pick<GuardOptions<Native, State>, "load">,
  tally: Tally,
  request: RequestFacts<Native>,
): Promise<Entered<State>> {
  const opened = await openExchange(settings, request);
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

  const look = async (): Promise<Looked<State>> => {
    if (load === undefined || exchange.resource === undefined || !hasState(request.method))
      return { state: undefined, selected: undefined, judgement: unjudged };
    const state = (await load(request.native)) ?? undefined;
    passage.hold();
    const selected = state && exchange.select(state);
    return { state, selected, judgement: await judge(exchange, terms, selected) };
  };
  const pass = (looked: Looked<State>, idempotencyKey?: string): Entered<State> => {
    const passed: Passed = { exchange, terms, passage, tally, idempotencyKey };
    rememberPassed(request.native, passed);
    const again = async (): Promise<Guard<State>> => {
      const fresh = await look();
      const isReported = settings.reportOnly && fresh.state !== undefined;
      if (fresh.judgement.kind === "refuse" && !isReported) throw fresh.judgement.error;
      return letPass(passed, fresh);
    };
    const guard = letPass(passed, looked);
    return mayRunAgain(exchange, terms) ? { kind: "pass", guard, passage, again } : { kind: "pass", guard, passage };
  };

  try {
    if (keyed !== undefined) {
      const identified = await identifyRequest(exchange, keyed, terms);
      const taken = await takeKey(exchange, identified, terms, look);
      if (taken.kind === "answer") return answer(taken.error);
      passage.run = taken.run;
      return pass(taken.looked, identified.scoped);
    }
    const looked = await look();
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
    return refuse(unavailable("not-applied", "The store did not answer."));
  }
}

const unjudged: Judgement = { kind: "pass", settled: undefined };

/**
 * Whether a write of a request may be tried again on the state that it has lost to: nobody has said which one it is for, or nothing
 * is to be refused. Content that only the handler reads can't be read twice.
 */
function mayRunAgain({ settings, request, header }: GuardExchange, { conditions }: Terms): boolean {
  if (settings.load === undefined || isSafe(request.method)) return false;
  if (!settings.reportOnly && (settings.preconditionRequired || Object.keys(conditions).length > 0)) return false;
  const isSent = Number(header("content-length") ?? 0) > 0 || header("transfer-encoding") !== undefined;
  return request.body.kind === "parsed" || !isSent;
}
