import type { Request } from "express";
import type { SharedGuardOptions } from "unclash";
import { assertHandler, checkSharedOptions, sharedCheckOptions, withSharedOptions } from "unclash/adapter";
import { type check, checkWith, guard, guarded } from "./guard.js";

/** `guard`, `guarded` and `check` with options in common. */
export interface Guards {
  readonly guard: typeof guard;
  readonly guarded: typeof guarded;
  readonly check: typeof check;
}

/**
 * Makes `guard`, `guarded` and `check` for an app whose guards have options in common. What one of them is given itself
 * goes before; of a group such as `idempotency`, each member by itself.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 * @example const { guarded } = createGuards({ identify, conflictStatus: 412, idempotency: { store } });
 */
export function createGuards(shared: SharedGuardOptions<Request>): Guards {
  checkSharedOptions(shared);
  const optionsOf = sharedCheckOptions(shared);
  return {
    guard: (options) => guard(withSharedOptions("guard", shared, options)),
    guarded: (options, handler) => {
      assertHandler("guarded", options, handler);
      return guarded(withSharedOptions("guarded", shared, options), handler);
    },
    check: (request, state, options) => checkWith(request, state, optionsOf(options)),
  };
}
