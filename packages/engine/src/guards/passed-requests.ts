import type { Passed } from "./guard-handle.js";
import { createSlot } from "./slot.js";

const passed = createSlot<Passed>("passed");

/** Keeps what a guard found out about a request for those who ask in its handler; the innermost guard counts. */
export function rememberPassed(native: unknown, found: Passed): void {
  if (typeof native === "object" && native !== null) passed.put(native, found);
}

export function passedRequest(native: unknown): Passed | undefined {
  return passed.of(native);
}
