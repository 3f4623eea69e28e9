import type { Passed } from "./guard-handle.js";

const passedRequests = new WeakMap<object, Passed>();

/** Keeps what a guard found out about a request for those who ask in its handler; the innermost guard counts. */
export function rememberPassed(native: unknown, passed: Passed): void {
  if (typeof native === "object" && native !== null) passedRequests.set(native, passed);
}

export function passedRequest(native: unknown): Passed | undefined {
  return typeof native === "object" && native !== null ? passedRequests.get(native) : undefined;
}
