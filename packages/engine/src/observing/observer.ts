import { channel } from "node:diagnostics_channel";
import { isPromise } from "@unclash/core/options";
import { repeatedWarning } from "../options/warnings.js";

/** What all decisions have in common. Each room adds its own, told apart by `kind`; the public union joins them. */
export interface AnyDecision {
  /** Which decision it is, and so which members it has. */
  readonly kind: string;
}

/** Written as a method, so that an observer of one framework's requests can be kept where one of any is wanted. */
interface Observes<Of extends AnyDecision> {
  observe(decision: Of): void;
}

/** Is called with each decision after it was made; what it returns is not waited for. */
export type Observer<Of extends AnyDecision> = Observes<Of>["observe"];

/** The name of the diagnostics channel on which every decision of the process is published. */
export const decisionChannel = "unclash:decision";

const decisions = channel(decisionChannel);

/** Whether anybody observes. Where nobody does, no decision is made into an object. */
export function isObserved(observer: Observer<never> | undefined): boolean {
  return observer !== undefined || decisions.hasSubscribers;
}

/** Hands one value to the channel and to the observer. */
export function publish<Of extends AnyDecision>(observer: Observer<Of> | undefined, decision: Of): void {
  if (decisions.hasSubscribers) decisions.publish(decision);
  if (observer !== undefined) callObserver("observe", observer, decision);
}

/**
 * Calls a function of the app's that observes. What it throws, or rejects with, is a warning of the process
 * (`UNCLASH_OBSERVER_FAILED`), at most once a minute: requests are answered as decided.
 *
 * @param name the function, for the warning's text
 */
export function callObserver<Given, Result>(
  name: string,
  observer: (given: Given) => Result,
  given: Given,
): Result | undefined {
  try {
    const result = observer(given);
    if (isPromise(result)) result.then(undefined, (error: unknown) => warnOfObserver(name, error));
    return result;
  } catch (error) {
    warnOfObserver(name, error);
    return undefined;
  }
}

const warnings = new Map<string, (error: unknown) => void>();

/** Each function has a warning of its own, so that one does not keep another from being heard of. */
function warnOfObserver(name: string, error: unknown): void {
  const known = warnings.get(name) ?? warningOf(name);
  warnings.set(name, known);
  known(error);
}

function warningOf(name: string): (error: unknown) => void {
  return repeatedWarning("UNCLASH_OBSERVER_FAILED", (error) => `The function \`${name}\` failed: ${String(error)}`);
}
