import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { isPromise } from "@unclash/core/options";
import type { GuardContext } from "../guards/guard-context.js";
import type { GuardedResponse } from "../guards/guarded-response.js";
import type { Loaded } from "../states/loaded-state.js";

/** A request whose handler may run, and whether it may run again. */
export interface Runnable<State extends Loaded> {
  readonly context: GuardContext<State>;
  readonly guardedResponse: GuardedResponse;
  readonly again?: () => Promise<GuardContext<State>>;
}

/** How often a handler runs whose write loses races that its client has not asked to be told of. */
const runsMax = 8;

/**
 * Runs a guarded handler. Where its write has lost a race, and the client has not said which state it is for, it runs
 * again on the state that is there by now, as a collection's write would; until its response has begun, and `runsMax`
 * times at most.
 */
export function runHandler<State extends Loaded>(
  { context, guardedResponse, again }: Runnable<State>,
  response: ServerResponse,
  handler: (context: GuardContext<State>) => unknown,
): unknown {
  const result = handler(context);
  if (again === undefined || !isPromise(result)) return result;
  return runAgain(result, again);

  async function runAgain(first: PromiseLike<unknown>, enter: () => Promise<GuardContext<State>>): Promise<unknown> {
    let running = first;
    for (let run = 1; ; run += 1) {
      try {
        return await running;
      } catch (thrown) {
        if (run === runsMax || response.headersSent || !guardedResponse.hasLostTo(thrown)) throw thrown;
        await pause(Math.random() * 2 ** run);
        guardedResponse.restart();
        const fresh = await enter();
        running = Promise.resolve(handler(fresh));
      }
    }
  }
}
