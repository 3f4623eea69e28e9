import { covers, parsePointer } from "../json/pointer.js";
import { describeValue, nearestName } from "../options/check-options.js";
import { type MergePolicy, policyNames } from "./policy.js";
import { createRule, type Group, placeGroup, placePolicy, type Rule } from "./rules.js";

/** Arrays and texts that are larger, and that both sides changed, are not looked into: each is one value. */
export interface MergeLimits {
  /** Items of one array. @default 10,000 */
  readonly itemsMax?: number;
  /** Lines of one text under the policy `text`. @default 2,000 */
  readonly linesMax?: number;
}

/** How to merge. */
export interface MergeOptions {
  /**
   * Policies by the places that they are for: JSON Pointers (RFC 6901) in which a segment `*` stands for any one name
   * or index, as in `/prices/*`. Where several match, the one that names the first segment in which they differ counts.
   *
   * @default every place has the policy `reject`
   */
  readonly policies?: Readonly<Record<string, MergePolicy>>;
  /**
   * Groups of places that stand or fall together: where both sides changed something in a group, and not to the same
   * values, all of the group that differs clashes. A group of one place makes it one value.
   *
   * The pointers may have segments `*` in what all of a group begin with: then each such place has a group of its own.
   * A pointer that leads into an array, beyond what all begin with, stands for the whole array.
   *
   * @default no groups
   * @example [["/price", "/currency"], ["/address"]]
   */
  readonly together?: readonly (readonly string[])[];
  readonly limits?: MergeLimits;
}

/** Options that `prepareMerge` has checked and parsed. What is in it is not for users. */
export interface PreparedMerge {
  readonly kind: "prepared-merge";
  readonly rule: Rule | undefined;
  readonly limits: Required<MergeLimits>;
}

/** No policies and no groups, and the default limits. */
export const withoutOptions: PreparedMerge = {
  kind: "prepared-merge",
  rule: undefined,
  limits: { itemsMax: 10_000, linesMax: 2_000 },
};

/**
 * Checks options and parses their pointers, once for many merges.
 *
 * @throws TypeError that names the option at fault: an unknown option or policy, a malformed pointer, a place in two
 *   groups, or in a group and under a policy
 * @example const prepared = prepareMerge({ policies: { "/tags": "union", "/body": "text" } });
 */
export function prepareMerge(options: MergeOptions = {}): PreparedMerge {
  checkNames("options", options, ["policies", "together", "limits"]);
  const { policies = {}, together = [], limits = {} } = options;
  const root = createRule();
  checkObject("policies", policies);
  for (const [pattern, policy] of Object.entries(policies)) {
    const option = `policies[${JSON.stringify(pattern)}]`;
    const tokens = tokensOf(option, pattern);
    if (typeof policy !== "function" && !policyNames.includes(policy)) throw misuse(option, unknownPolicy(policy));
    placePolicy(root, tokens, { policy, option });
  }
  const groups = groupsOf(together, policies);
  for (const group of groups) placeGroup(root, group);
  const isEmpty = groups.length === 0 && Object.keys(policies).length === 0;
  return { kind: "prepared-merge", rule: isEmpty ? undefined : root, limits: limitsOf(limits) };
}

function limitsOf(limits: MergeLimits): Required<MergeLimits> {
  checkNames("limits", limits, ["itemsMax", "linesMax"]);
  for (const [name, value] of Object.entries({ ...limits })) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) continue;
    throw misuse(`limits.${name}`, `must be a whole number of at least 0, and is ${describeValue(value)}`);
  }
  const { itemsMax, linesMax } = withoutOptions.limits;
  return { itemsMax: limits.itemsMax ?? itemsMax, linesMax: limits.linesMax ?? linesMax };
}

function groupsOf(together: unknown, policies: object): readonly Group[] {
  if (!Array.isArray(together)) {
    throw misuse("together", `must be an array of groups, and is ${describeValue(together)}`);
  }
  const placed = new Map<string, string>();
  return together.map((group: unknown, at) => {
    const name = `together[${at}]`;
    if (!Array.isArray(group) || group.length === 0) {
      throw misuse(name, `must be an array of JSON Pointers, and is ${describeValue(group)}`);
    }
    const paths = group.map((path: unknown, index) => {
      const option = `${name}[${index}]`;
      const tokens = tokensOf(option, path);
      const text = String(path);
      if (Object.hasOwn(policies, text)) throw misuse(option, `is ${JSON.stringify(text)}, which has a policy too`);
      for (const [other, holder] of placed) {
        if (!covers(other, text)) continue;
        throw misuse(option, `is ${JSON.stringify(text)}, which meets ${JSON.stringify(other)} of ${holder}`);
      }
      placed.set(text, name);
      return tokens;
    });
    return groupOf(name, paths);
  });
}

/** A group lies at the place that all its paths begin with; a group of one path, at that path. */
function groupOf(option: string, paths: readonly (readonly string[])[]): Group {
  const [first = []] = paths;
  let shared = 0;
  while (shared < first.length && paths.every((path) => path[shared] === first[shared])) shared += 1;
  const tails = paths.map((path) => path.slice(shared));
  if (!tails.some((tail) => tail.includes("*"))) return { anchor: first.slice(0, shared), tails };
  throw misuse(option, 'may have a segment "*" only in what all its pointers begin with');
}

function tokensOf(option: string, pattern: unknown): readonly string[] {
  if (typeof pattern !== "string") throw misuse(option, `must be a JSON Pointer, and is ${describeValue(pattern)}`);
  const parsed = parsePointer(pattern);
  if (parsed.kind === "malformed") throw misuse(option, `is malformed. ${parsed.detail}`);
  return parsed.tokens;
}

function unknownPolicy(policy: unknown): string {
  const nearest = typeof policy === "string" ? nearestName(policy, policyNames) : undefined;
  const hint = nearest === undefined ? "" : `. Did you mean "${nearest}"?`;
  return `must be a function or one of ${policyNames.join(", ")}, and is ${describeValue(policy)}${hint}`;
}

function checkNames(option: string, given: unknown, names: readonly string[]): void {
  checkObject(option, given);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const nearest = nearestName(unknown, names);
  const hint = nearest === undefined ? "" : ` Did you mean \`${nearest}\`?`;
  const path = option === "options" ? unknown : `${option}.${unknown}`;
  throw misuse(path, `is not an option.${hint} The options are ${names.join(", ")}`);
}

function checkObject(option: string, given: unknown): asserts given is object {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return;
  throw misuse(option, `must be an object, and is ${describeValue(given)}`);
}

function misuse(option: string, problem: string): TypeError {
  return new TypeError(`${option} ${problem}`);
}
