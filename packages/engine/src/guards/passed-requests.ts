import type { ParsedRequest } from "../preconditions/conditions.js";
import type { GuardExchange } from "./guard-exchange.js";
import type { Tally } from "./guard-report.js";
import type { GuardedResponse } from "./guarded-response.js";
import { createSlot } from "./slot.js";

/** What a guard knows of a request that it lets pass. */
export interface Passed {
  readonly exchange: GuardExchange;
  readonly parsedRequest: ParsedRequest;
  readonly guardedResponse: GuardedResponse;
  readonly tally: Tally;
  readonly idempotencyKey: string | undefined;
}

const passed = createSlot<Passed>("passed");

/** Keeps what a guard found out about a request for those who ask in its handler; the innermost guard counts. */
export function rememberPassed(native: unknown, found: Passed): void {
  if (typeof native === "object" && native !== null) passed.put(native, found);
}

export function passedRequest(native: unknown): Passed | undefined {
  return passed.of(native);
}
