import {
  anything,
  checkMembers,
  checkOptions,
  type Json,
  type JsonObject,
  listOf,
  type OptionRules,
  type ProblemEntry,
  required,
} from "@unclash/core";

/** How one field may change: what it starts as, and what may follow what. */
export interface StateRule {
  readonly initial: readonly string[];
  /** From each value to those that may follow it; a value that is not named here is final. */
  readonly transitions: Readonly<Record<string, readonly string[]>>;
}

const isValues = listOf(
  (value) => (typeof value === "string" ? undefined : "must be a string"),
  "values, which are strings",
);

const rules: OptionRules<StateRule> = {
  initial: required((value) => isValues(value) ?? (Object(value).length === 0 ? "must name a value" : undefined)),
  transitions: required(anything),
};

/**
 * Checks a rule of states.
 *
 * @throws ConfigurationError that names what of it can't be
 */
export function checkStateRule(option: string, rule: unknown): void {
  checkOptions<StateRule>(option, rule, rules);
  checkMembers(`${option}.transitions`, rule.transitions, isValues);
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
