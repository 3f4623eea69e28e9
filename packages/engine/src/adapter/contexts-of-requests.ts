import { UsageError } from "@unclash/core";
import { describeValue } from "@unclash/core/options";
import type { GuardContext } from "../guards/guard-context.js";
import { createSlot } from "../guards/slot.js";
import type { Loaded } from "../states/loaded-state.js";

/** The contexts of the requests that have come through one middleware. */
export interface ContextsOfRequests<Native extends object, State extends Loaded> {
  keep(request: Native, context: GuardContext<State>): void;
  has(request: Native): boolean;
  /** @throws UsageError for a request that has not come through it */
  of(request: Native): GuardContext<State>;
}

export function contextsOfRequests<Native extends object, State extends Loaded>(): ContextsOfRequests<Native, State> {
  const contexts = createSlot<GuardContext<State>>("guard");
  return {
    keep: (request, context) => contexts.put(request, context),
    has: (request) => contexts.of(request) !== undefined,
    of(request) {
      const found = contexts.of(request);
      if (found === undefined) {
        const isRequest = typeof request === "object" && request !== null;
        const given = isRequest ? "a request that has not come through this guard" : describeValue(request);
        throw new UsageError("guard.of", `was given ${given}`);
      }
      return found;
    },
  };
}
