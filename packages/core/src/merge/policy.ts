import { jsonEqual } from "../json/equal.js";
import type { Interner } from "../json/interner.js";
import type { Steps } from "../json/subsequence.js";
import { isJsonArray, type Json } from "../json/value.js";
import { addDifferences } from "./decimal.js";
import { mergeLines } from "./sequence.js";

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

type PolicyName = "reject" | "mine" | "theirs" | "union" | "sum" | "text" | "max" | "min";

export const policyNames: readonly string[] = [
  "reject",
  "mine",
  "theirs",
  "union",
  "sum",
  "text",
  "max",
  "min",
] satisfies PolicyName[];

/** What a policy works with. */
export interface PolicyRun {
  readonly interner: Interner;
  readonly steps: Steps;
  readonly linesMax: number;
}

/** The sets of two sides as one. Nothing where one of them is no array. */
export function uniteItems(
  base: Json | undefined,
  mine: Json | undefined,
  theirs: Json | undefined,
  { interner }: PolicyRun,
): readonly Json[] | undefined {
  if (!isJsonArray(mine) || !isJsonArray(theirs) || (base !== undefined && !isJsonArray(base))) return undefined;
  const numbersOf = (items: readonly Json[]) => new Set(items.map((item) => interner.numberOf(item)));
  const [before, ours] = [numbersOf(base ?? []), numbersOf(mine)];
  const seen = new Set<number>();
  const united: Json[] = [];
  const add = (item: Json, number: number) => {
    if (seen.has(number)) return;
    seen.add(number);
    united.push(item);
  };
  for (const item of theirs) {
    const number = interner.numberOf(item);
    if (ours.has(number) || !before.has(number)) add(item, number);
  }
  for (const item of mine) {
    const number = interner.numberOf(item);
    if (!before.has(number)) add(item, number);
  }
  return united;
}

/** The sum of both differences from the base. Nothing where one is no number, or the sum can't be held. */
export function addBoth(base: Json | undefined, mine: Json | undefined, theirs: Json | undefined): number | undefined {
  const from = base ?? 0;
  if (typeof mine !== "number" || typeof theirs !== "number" || typeof from !== "number" || base === null) {
    return undefined;
  }
  return addDifferences(from, mine, theirs);
}

/** Three texts merged line by line. Nothing where one is no text or has too many lines, and where changes clash. */
export function mergeTexts(
  base: Json | undefined,
  mine: Json | undefined,
  theirs: Json | undefined,
  { interner, steps, linesMax }: PolicyRun,
): string | undefined {
  if (typeof base !== "string" || typeof mine !== "string" || typeof theirs !== "string") return undefined;
  // A line break stands between two lines: so the last line is equal to itself whether or not another one follows it.
  const lines = { base: base.split("\n"), mine: mine.split("\n"), theirs: theirs.split("\n") };
  if (Object.values(lines).some(({ length }) => length > linesMax)) return undefined;
  const numbersOf = (side: readonly string[]) => side.map((line) => interner.numberOf(line));
  const numbers = { base: numbersOf(lines.base), mine: numbersOf(lines.mine), theirs: numbersOf(lines.theirs) };
  const pieces = mergeLines(numbers, steps);
  return pieces?.flatMap(({ side, from, to }) => lines[side].slice(from, to)).join("\n");
}

/** The greater or the less of two numbers or two texts. Nothing where they are not of one kind. */
export function extremeOf(which: "max" | "min", mine: Json | undefined, theirs: Json | undefined): Json | undefined {
  const comparable =
    (typeof mine === "number" && typeof theirs === "number") ||
    (typeof mine === "string" && typeof theirs === "string");
  if (!comparable) return undefined;
  return mine > theirs === (which === "max") ? mine : theirs;
}

/** Whether two sides are the same, both absent included. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : jsonEqual(a, b);
}
