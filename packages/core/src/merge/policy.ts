import { assertNever, CallbackError } from "../errors.js";
import { idsOf } from "../json/alignment.js";
import { checkJson } from "../json/check.js";
import type { Interner } from "../json/interner.js";
import { defaultJsonLimits } from "../json/limits.js";
import type { Steps } from "../json/subsequence.js";
import { isJsonArray, type Json } from "../json/value.js";
import { describeValue, isPromise } from "../options/check-options.js";
import { addDifferences } from "./decimal.js";
import { mergeLines } from "./sequence.js";
import type { Sides } from "./sides.js";

/** The values of one place on three sides. A side is absent where nothing is there; `null` is a value. */
export interface MergeSides {
  /** A JSON Pointer (RFC 6901) into `theirs`; an item that `theirs` does not have is `-` of its array. */
  readonly path: string;
  readonly base?: Json;
  readonly mine?: Json;
  readonly theirs?: Json;
}

/**
 * What becomes of a place that both sides changed, each in its own way. A place that one side alone changed is not
 * asked about: it takes the change.
 *
 * - `reject`: objects are merged member by member, arrays item by item where that is safe; anything else clashes.
 * - `mine`, `theirs`: the value of that side, or none where it has none.
 * - `union`: arrays as sets. What either side took out is out, and what either put in is in: first what `theirs` has,
 *   in its order, then what `mine` puts in. Arrays whose items all have an `id` are merged as under `reject`.
 * - `sum`: numbers. The differences of both sides from the base are added to it, also where they are equal, in exact
 *   decimal arithmetic; a base that is absent counts as 0. A sum that is a whole number too large for a double clashes.
 * - `text`: texts line by line (diff3). Changes of one line, or of lines that touch, clash.
 * - `max`, `min`: two numbers, or two texts by their UTF-16 code units, as times of RFC 3339 in UTC sort.
 * - A function returns the value, or `undefined` for a clash. It is synchronous and changes nothing that it is given.
 *
 * Values that a policy is not for, such as a number under `text`, clash; under all but `mine`, `theirs` and a function,
 * so does a deletion against a change.
 */
export type MergePolicy = PolicyName | ((sides: MergeSides) => Json | undefined);

type ComputingPolicy = "union" | "sum" | "text" | "max" | "min";
type PolicyName = "reject" | "mine" | "theirs" | ComputingPolicy;

const names: readonly PolicyName[] = ["reject", "mine", "theirs", "union", "sum", "text", "max", "min"];
export const policyNames: readonly string[] = names;

/** A policy, and the option that sets it. */
export interface PlacedPolicy {
  readonly policy: MergePolicy;
  readonly option: string;
}

/** What policies work with. */
export interface PolicyRun {
  readonly interner: Interner;
  readonly steps: Steps;
  readonly linesMax: number;
}

/** What a policy makes of a place. `unsettled`: it is looked into as without a policy. */
export type Settlement =
  | { readonly kind: "value"; readonly value: Json | undefined }
  | { readonly kind: "clash" }
  | { readonly kind: "unsettled" };

/**
 * Asks the policy of a place that both sides changed.
 *
 * @param show gives copies of the sides, for a function of the app's: it can't change what is merged
 * @throws CallbackError where a function gives something that is not JSON
 */
export function settle(placed: PlacedPolicy, sides: Sides, run: PolicyRun, show: () => MergeSides): Settlement {
  const { policy } = placed;
  if (policy === "reject" || (policy === "union" && areKeyed(sides))) return { kind: "unsettled" };
  if (policy === "mine" || policy === "theirs") return { kind: "value", value: sides[policy] };
  const value = typeof policy === "function" ? resultOf(policy(show()), placed) : compute(policy, sides, run);
  return value === undefined ? { kind: "clash" } : { kind: "value", value };
}

function areKeyed({ base = [], mine, theirs }: Sides): boolean {
  return [base, mine, theirs].every((side) => isJsonArray(side) && idsOf(side) !== undefined);
}

function resultOf(given: unknown, { option }: PlacedPolicy): Json | undefined {
  if (given === undefined) return undefined;
  const checked = checkJson(given, { ...defaultJsonLimits, keysMax: Number.MAX_VALUE, valuesMax: Number.MAX_VALUE });
  if (checked.kind === "sound") return checked.value;
  // What it rejects with is never asked for, and would end the process.
  if (isPromise(given)) given.then(undefined, () => {});
  throw new CallbackError(option, `must return a JSON value or undefined, and returned ${describeValue(given)}`);
}

function compute(policy: ComputingPolicy, sides: Sides, run: PolicyRun): Json | undefined {
  switch (policy) {
    case "union":
      return uniteItems(sides, run);
    case "sum":
      return addBoth(sides);
    case "text":
      return mergeTexts(sides, run);
    case "max":
    case "min":
      return extremeOf(policy, sides);
    default:
      return assertNever(policy);
  }
}

/** Nothing where one of them is no array. */
function uniteItems({ base = [], mine, theirs }: Sides, { interner }: PolicyRun): readonly Json[] | undefined {
  if (!isJsonArray(base) || !isJsonArray(mine) || !isJsonArray(theirs)) return undefined;
  const numbersOf = (items: readonly Json[]) => new Set(items.map((item) => interner.numberOf(item)));
  const [before, ours] = [numbersOf(base), numbersOf(mine)];
  const united = new Map<number, Json>();
  for (const item of theirs) {
    const number = interner.numberOf(item);
    if (ours.has(number) || !before.has(number)) united.set(number, item);
  }
  for (const item of mine) {
    const number = interner.numberOf(item);
    if (!before.has(number)) united.set(number, item);
  }
  return Array.from(united.values());
}

/** Nothing where one of them is no number, or the sum can't be held. */
function addBoth({ base = 0, mine, theirs }: Sides): number | undefined {
  const areNumbers = typeof base === "number" && typeof mine === "number" && typeof theirs === "number";
  return areNumbers ? addDifferences(base, mine, theirs) : undefined;
}

/** Nothing where one of them is no text or has too many lines, or where changes clash. */
function mergeTexts({ base, mine, theirs }: Sides, { interner, steps, linesMax }: PolicyRun): string | undefined {
  if (typeof base !== "string" || typeof mine !== "string" || typeof theirs !== "string") return undefined;
  // A line break stands between two lines: so the last line is equal to itself whether or not another one follows it.
  const lines = { base: base.split("\n"), mine: mine.split("\n"), theirs: theirs.split("\n") };
  if (Object.values(lines).some(({ length }) => length > linesMax)) return undefined;
  const numbersOf = (side: readonly string[]) => side.map((line) => interner.numberOf(line));
  const numbers = { base: numbersOf(lines.base), mine: numbersOf(lines.mine), theirs: numbersOf(lines.theirs) };
  const pieces = mergeLines(numbers, steps);
  return pieces?.flatMap(({ side, from, to }) => lines[side].slice(from, to)).join("\n");
}

/** Nothing where they are not two numbers or two texts. */
function extremeOf(which: "max" | "min", { mine, theirs }: Sides): Json | undefined {
  const areComparable =
    (typeof mine === "number" && typeof theirs === "number") ||
    (typeof mine === "string" && typeof theirs === "string");
  if (!areComparable) return undefined;
  return mine > theirs === (which === "max") ? mine : theirs;
}
