import { UsageError } from "@unclash/core";
import { describeValue } from "@unclash/core/options";
import type { Guard } from "../guards/guard.js";
import { createSlot } from "../guards/slot.js";
import type { LoadedState } from "../states/loaded-state.js";

/** The guards of the requests that have come through one middleware. */
export interface GuardsOfRequests<Native extends object, State extends LoadedState> {
  keep(request: Native, guard: Guard<State>): void;
  has(request: Native): boolean;
  /** @throws UsageError for a request that has not come through it */
  of(request: Native): Guard<State>;
}

export function guardsOfRequests<Native extends object, State extends LoadedState>(): GuardsOfRequests<Native, State> {
  const guards = createSlot<Guard<State>>("guard");
  return {
    keep: (request, guard) => guards.put(request, guard),
    has: (request) => guards.of(request) !== undefined,
    of(request) {
      const found = guards.of(request);
      if (found === undefined) {
        const isRequest = typeof request === "object" && request !== null;
        const given = isRequest ? "a request that has not come through this guard" : describeValue(request);
        throw new UsageError("guard.of", `was given ${given}`);
      }
      return found;
    },
  };
}
