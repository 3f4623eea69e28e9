import type { IncomingMessage } from "node:http";
import type { SharedGuardOptions } from "unclash";
import {
  assertHandler,
  checkSharedOptions,
  sharedCheckOptions,
  withSharedFormat,
  withSharedOptions,
} from "unclash/adapter";
import { type check, checkWith, guard, guarded, responseIn } from "./guard.js";
import { problems } from "./problems.js";

/** `guard`, `guarded` and `check` with options in common, and `problems` with the format that is among them. */
export interface Guards {
  readonly guard: typeof guard;
  readonly guarded: typeof guarded;
  readonly check: typeof check;
  /** The error handler of an app, with the format of problems that its guards have. */
  readonly problems: typeof problems;
}

/**
 * Makes `guard`, `guarded` and `check` for an app whose guards have options in common. What one of them is given itself
 * goes before; of a group such as `idempotency`, each member by itself. `problems` answers in the same format: it has
 * the `problem` and the `problemTypePrefix` that guards share.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 * @example const { guarded, problems } = createGuards({ identify, conflictStatus: 412, idempotency: { store } });
 */
export function createGuards(shared: SharedGuardOptions<IncomingMessage>): Guards {
  checkSharedOptions(shared);
  const optionsOf = sharedCheckOptions(shared);
  return {
    guard: (options) => guard(withSharedOptions("guard", shared, options)),
    guarded: (options, handler) => {
      assertHandler("guarded", options, handler);
      return guarded(withSharedOptions("guarded", shared, options), handler);
    },
    check: (request, state, options) => {
      const { response, own } = responseIn(options);
      return checkWith(request, state, optionsOf(own), response);
    },
    problems: (options = {}) => problems(withSharedFormat("problems", shared, options)),
  };
}
