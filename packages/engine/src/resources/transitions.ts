import type { Json, JsonObject } from "@unclash/core/json";
import { anything, checkMembers, checkOptions, listOf, type OptionRules, required } from "@unclash/core/options";
import type { Actor } from "../access/actor.js";
import { sentences } from "../http/sentences.js";
import { wrongResult } from "../options/callback-result.js";

/** How one field may change: what it starts as, and what may follow what. */
export interface StateRule<Value extends string = string> {
  readonly initial: readonly Value[];
  /** From each value to those that may follow it; a value that is not named here is final. */
  readonly transitions: Readonly<Partial<Record<Value, readonly Value[]>>>;
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

/** A change of a resource, as rules see it: the fields as they are stored, so that a Date of the schema's is a text. */
export interface FieldChange<Fields = JsonObject> {
  /** `undefined` where the resource is created. */
  readonly before: Fields | undefined;
  readonly after: Fields;
  /** Who makes it; `undefined` for an anonymous caller. */
  readonly actor: Actor | undefined;
}

/**
 * A rule of the app's own over a change. It returns nothing where the change may be made, or why it may not: a fault is
 * 409 `invalid-state`, and `"forbidden"` is 403, or 401 for an anonymous caller. The first rule that refuses decides.
 * What is forbidden is told before references and states are looked at. Rules run for POST, PUT and PATCH. They do not
 * run for DELETE, which leaves no fields to judge: answer `delete` in `authorize`.
 */
export type ChangeRule<Fields = JsonObject> = (change: FieldChange<Fields>) => StateFault | "forbidden" | undefined;

/**
 * Holds what a rule of the app's returns against what it may return.
 *
 * @param callback its path of options: `collections.articles.rules[0]`
 * @throws CallbackError, from what it makes
 */
export function checkedRule(callback: string, rule: ChangeRule): ChangeRule {
  return (change) => {
    const refusal: unknown = rule(change);
    if (refusal === undefined || refusal === null) return undefined;
    if (refusal === "forbidden" || isFault(refusal)) return refusal;
    throw wrongResult(callback, ruleResults, refusal);
  };
}

const ruleResults = 'nothing, "forbidden", or { field, detail } where `field` is a JSON Pointer such as /status';

function isFault(given: unknown): given is StateFault {
  if (typeof given !== "object" || given === null || !("field" in given) || !("detail" in given)) return false;
  return typeof given.field === "string" && /^(?:\/|$)/.test(given.field) && typeof given.detail === "string";
}

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
    const detail = sentences.transition(field, JSON.stringify(from ?? null), JSON.stringify(to ?? null));
    return { field: `/${field}`, detail, from: from ?? null, to: to ?? null, allowed };
  }
  return undefined;
}

/** A field of a new resource that does not start as it must. */
export interface InitialFault {
  /** A JSON Pointer. */
  readonly field: string;
  /** The values that it may start with. */
  readonly initial: readonly string[];
}

/** Finds the fields of a new resource that do not start as they must. */
export function initialFaults(rules: ReadonlyMap<string, StateRule>, fields: JsonObject): readonly InitialFault[] {
  const faults: InitialFault[] = [];
  for (const [field, { initial }] of rules) {
    const value = fields[field];
    if (typeof value === "string" && initial.includes(value)) continue;
    faults.push({ field: `/${field}`, initial });
  }
  return faults;
}
