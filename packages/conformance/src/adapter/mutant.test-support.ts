import type { ResponsePlan } from "unclash/adapter";
import type { Twist } from "./tiny.test-support.js";

/** An adapter with one fault, and the case that must not let it pass. */
export interface Mutant {
  readonly does: string;
  readonly twist: Twist;
  /** The name of the case. */
  readonly caughtBy: string;
}

export function withHeaders(plan: ResponsePlan, headers: Readonly<Record<string, string | undefined>>): ResponsePlan {
  const kept = Object.entries({ ...plan.headers, ...headers }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...plan, headers: Object.fromEntries(kept) };
}

export function without(name: string): Twist {
  return { facts: (facts) => ({ ...facts, headers: { ...facts.headers, [name]: undefined } }) };
}
