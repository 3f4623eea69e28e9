import type { ServerResponse } from "node:http";
import { isPromise } from "@unclash/core/options";
import { type Lost, tryInLine } from "../commits/try-in-line.js";
import type { GuardContext } from "../guards/guard-context.js";
import type { GuardedResponse } from "../guards/guarded-response.js";
import type { RunAgain } from "../pipeline/guard.js";
import type { Loaded } from "../states/loaded-state.js";

/** A request whose handler may run, and whether it may run again. */
export interface Runnable<State extends Loaded> {
  readonly context: GuardContext<State>;
  readonly guardedResponse: GuardedResponse;
  readonly again?: RunAgain<State>;
}

/**
 * Runs a guarded handler. Where its write has lost a race, and the client has not said which state it is for, it runs
 * again on the state that is there by now, as a collection's write would; until its response has begun, or its time is
 * up. Such handlers of one resource wait for each other.
 */
export function runHandler<State extends Loaded>(
  { context, guardedResponse, again }: Runnable<State>,
  response: ServerResponse,
  handler: (context: GuardContext<State>) => unknown,
): unknown {
  const result = handler(context);
  if (again === undefined || !isPromise(result)) return result;
  return runAgain(result, again);

  async function runAgain(
    first: PromiseLike<unknown>,
    { enter, contendedWrite, giveUp }: RunAgain<State>,
  ): Promise<unknown> {
    const found = await outcomeOf(first);
    if (typeof found === "object") return found.result;
    const settled = await tryInLine(contendedWrite(), found, async () => {
      guardedResponse.restart();
      const fresh = await enter();
      return outcomeOf(Promise.resolve(handler(fresh)));
    });
    if (typeof settled === "object") return settled.result;
    throw giveUp(settled);
  }

  async function outcomeOf(running: PromiseLike<unknown>): Promise<{ readonly result: unknown } | Lost> {
    try {
      return { result: await running };
    } catch (thrown) {
      if (response.headersSent || !guardedResponse.hasLostTo(thrown)) throw thrown;
      return "line-up";
    }
  }
}
