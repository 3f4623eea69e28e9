import type { ServerResponse } from "node:http";
import { checkRequest } from "../guards/check.js";
import { CheckOutcome } from "../guards/check-outcome.js";
import type { GuardContext } from "../guards/guard-context.js";
import { type GuardError, isGuardError } from "../guards/guard-error.js";
import type { GuardOptions } from "../guards/guard-options.js";
import type { RouteOf } from "../guards/guard-settings.js";
import type { GuardedResponse } from "../guards/guarded-response.js";
import { warnOfIgnoredRefusal } from "../guards/handler-warnings.js";
import type { RequestFacts } from "../http/request.js";
import type { GuardEngine } from "../pipeline/guard.js";
import type { Loaded } from "../states/loaded-state.js";
import { prepareResponse, withholdTag } from "./prepare-response.js";
import { passAfterAll, watchRefused } from "./refused-checks.js";
import { isClosed } from "./response-end.js";
import { type Runnable, runHandler } from "./run-handler.js";
import { sendAnswer } from "./send.js";
import { inTurn } from "./turn.js";

/** A request whose handler may run. */
export type Admitted<State extends Loaded> = Runnable<State>;

/**
 * Lets a request in at a guard, over Node's own response; gives nothing for one that is answered here.
 *
 * @throws GuardError where problems are the framework's error handler's to answer
 */
export async function admit<Native, State extends Loaded>(
  engine: GuardEngine<Native, State>,
  facts: RequestFacts<Native>,
  response: ServerResponse,
): Promise<Admitted<State> | undefined> {
  const turn = inTurn(response.req, response);
  if (turn !== undefined && !(await turn)) return undefined;
  const entered = await engine.enter(facts);
  if (entered.kind === "pass") {
    prepareResponse(entered.guardedResponse, response);
    return entered;
  }
  if (!isAnsweredHere(engine, entered.error)) {
    withholdTag(facts, response);
    throw entered.error;
  }
  sendAnswer(entered.error.answer, response);
  return undefined;
}

/** Whether what a guard threw is its own to answer: a 304 always is, since no error handler knows it. */
export function isAnsweredHere(
  { forwardsErrors }: Pick<GuardEngine<never, Loaded>, "forwardsErrors">,
  thrown: unknown,
): thrown is GuardError {
  return isGuardError(thrown) && !(forwardsErrors && thrown.problem !== undefined);
}

/**
 * Runs a guarded handler over Node's own response: whoever may not come in is answered, and so is what a guard throws
 * in the handler. Rejects with all else.
 */
export async function runGuarded<Native, State extends Loaded>(
  engine: GuardEngine<Native, State>,
  facts: RequestFacts<Native>,
  response: ServerResponse,
  handler: (context: GuardContext<State>) => unknown,
): Promise<void> {
  const admitted = await admit(engine, facts, response);
  if (admitted === undefined) return;
  try {
    await runHandler(admitted, response, handler);
  } catch (thrown) {
    // Once the head is out, the framework has to break the connection off: half an answer must not look whole.
    if (!isAnsweredHere(engine, thrown) || response.headersSent) throw thrown;
    sendAnswer(thrown.answer, response);
  } finally {
    handlerIsOver(admitted.guardedResponse, response);
  }
}

/** What an adapter adds to a check. */
export interface CheckHooks<Native, State extends Loaded> {
  /** Names the request's route, for observers. */
  readonly routeOf?: RouteOf<Native>;
  /** Is called with the context of a request that may be carried out. */
  passed?(context: GuardContext<State>): void;
}

/**
 * Holds the preconditions of a request against a state that its handler has loaded, over Node's own response.
 *
 * @throws GuardError where the request may not be carried out on that state
 */
export function checkOver<Native extends object, State extends Loaded>(
  facts: RequestFacts<Native>,
  response: ServerResponse,
  state: State | null | undefined,
  options?: GuardOptions<Native, State>,
  { routeOf, passed }: CheckHooks<Native, State> = {},
): Promise<GuardContext<State>> {
  const check = async (): Promise<GuardContext<State>> => {
    try {
      const checked = await checkRequest(facts, state, options, routeOf);
      if (checked.isNew) prepareResponse(checked.guardedResponse, response);
      passAfterAll(response);
      passed?.(checked.context);
      return checked.context;
    } catch (thrown) {
      withholdTag(facts, response);
      if (isGuardError(thrown)) watchRefused(facts, response);
      throw thrown;
    }
  };
  return CheckOutcome.of(check(), (thrown) => {
    if (!isGuardError(thrown)) return false;
    warnOfIgnoredRefusal(facts);
    return true;
  });
}

/**
 * The handler has returned. Where the client is gone, now or later, and the answer has not ended, nobody will end it:
 * the outcome of the request stays unknown, and its idempotency key is left to lapse.
 */
export function handlerIsOver({ run }: GuardedResponse, response: ServerResponse): void {
  if (run === undefined) return;
  const leave = (): void => {
    if (!response.writableEnded) run.abandon();
  };
  if (isClosed(response)) leave();
  else response.once("close", leave);
}
