import { ConfigurationError, type Json, type JsonObject, type ProblemEntry } from "@unclash/core";

/** How one field may change: what it starts as, and what may follow what. */
export interface StateRule {
  readonly initial: readonly string[];
  /** From each value to those that may follow it; a value that is not named here is final. */
  readonly transitions: Readonly<Record<string, readonly string[]>>;
}

/** Refuses a rule that is none, by the name of its option. */
export function checkStateRule(option: string, rule: StateRule): void {
  const steps =
    typeof rule?.transitions === "object" && rule.transitions !== null ? Object.values(rule.transitions) : [];
  const lists = [rule?.initial, ...steps];
  if (
    steps.length > 0 &&
    lists.every((list) => Array.isArray(list) && list.every((value) => typeof value === "string"))
  )
    return;
  throw new ConfigurationError(
    option,
    "must hold `initial`, a list of values, and `transitions`, from each value to a list",
  );
}

/** A change that the resource's state does not allow: 409 `invalid-state`. */
export interface StateFault {
  /** JSON Pointer of the field. */
  readonly field: string;
  readonly detail: string;
  readonly from?: Json;
  readonly to?: Json;
  readonly allowed?: readonly Json[];
}

/** A rule of the app's own over a change; `before` is `undefined` where the resource is created. */
export type ChangeRule = (change: {
  readonly before: JsonObject | undefined;
  readonly after: JsonObject;
}) => StateFault | undefined;

/** Finds the first change of a state that its rule does not allow. */
export function stateFault(
  rules: ReadonlyMap<string, StateRule>,
  before: JsonObject,
  after: JsonObject,
): StateFault | undefined {
  for (const [field, rule] of rules) {
    const from = before[field];
    const to = after[field];
    if (from === to) continue;
    const allowed =
      typeof from === "string" && Object.hasOwn(rule.transitions, from) ? (rule.transitions[from] ?? []) : [];
    if (typeof to === "string" && allowed.includes(to)) continue;
    const detail = `${field} can't go from ${JSON.stringify(from ?? null)} to ${JSON.stringify(to ?? null)}.`;
    return { field: `/${field}`, detail, from: from ?? null, to: to ?? null, allowed };
  }
  return undefined;
}

/** Finds the fields of a new resource that do not start as they must. */
export function initialFaults(rules: ReadonlyMap<string, StateRule>, fields: JsonObject): readonly ProblemEntry[] {
  const faults: ProblemEntry[] = [];
  for (const [field, { initial }] of rules) {
    const value = fields[field];
    if (typeof value === "string" && initial.includes(value)) continue;
    faults.push({
      pointer: `/${field}`,
      detail: `A new one starts as ${initial.map((name) => `"${name}"`).join(" or ")}.`,
    });
  }
  return faults;
}
