import type { RequestFacts } from "../http/request.js";
import type { LoadedState } from "../states/loaded-state.js";
import { type Entered, enterGuard } from "./enter.js";
import type { GuardOptions } from "./guard-options.js";
import { createTally, type GuardReport } from "./guard-report.js";
import { resolveGuard } from "./guard-settings.js";

/** A guard without a framework: an adapter asks it about each request before the handler runs. */
export interface GuardEngine<Native, State extends LoadedState> {
  /**
   * Decides on a request. It rejects only with what the app's own functions threw, and with faults of unclash itself.
   */
  enter(request: RequestFacts<Native>): Promise<Entered<State>>;
  /** Whether problems are the framework's error handler's to answer. */
  readonly handsOn: boolean;
  /** Whether it holds a state against requests of a method: without `load` it does so once a handler has called `check`. */
  holds(method?: string): boolean;
  /** What has come to this guard in this process so far. */
  report(): GuardReport;
}

/**
 * Makes a guard.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function createGuard<Native, State extends LoadedState>(
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
