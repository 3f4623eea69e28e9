import { ConfigurationError } from "../errors.js";

/**
 * What an option may be: text such as `must be a function` for a value that it may not be, and nothing for one that it
 * may. An option that was left out (`undefined`) is asked about only where the rule is `required`.
 * An error shows the value as `describe` says it, where the rule has one.
 */
export type OptionRule = ((value: unknown) => string | undefined) & {
  readonly isRequired?: true;
  readonly describe?: (value: unknown) => string;
  /** The rules of the options that it holds, where it is a group. */
  readonly members?: Readonly<Record<string, OptionRule>>;
};

/** The rules of an options object, by the names of its options. */
export type OptionRules<Options> = { readonly [Name in keyof Required<Options>]: OptionRule };

/**
 * Checks an options object of an app: unknown names are refused, with the nearest known one, and so is every value that
 * its rule does not allow. It looks at own members alone, and changes nothing.
 *
 * @param path where the object stands, as a path of options: `collections.articles`; empty for the outermost
 * @throws ConfigurationError that names the option, what was given, and what is allowed
 * @example checkOptions("idempotency", options.idempotency, { keepMs: wholeNumber(1) })
 */
export function checkOptions<Options extends object>(
  path: string,
  given: unknown,
  rules: OptionRules<Options>,
): asserts given is Options {
  if (!isOptionsObject(given)) {
    throw new ConfigurationError(path === "" ? "options" : path, `must be an object, and is ${describeValue(given)}`);
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(rules, name)) throw new ConfigurationError(below(path, name), unknownOption(name, rules));
  }
  for (const [name, rule] of Object.entries<OptionRule>(rules)) {
    const value: unknown = Reflect.get(given, name);
    const wrong = value === undefined && rule.isRequired !== true ? undefined : rule(value);
    const { describe = describeValue, members } = rule;
    if (wrong !== undefined) throw new ConfigurationError(below(path, name), `${wrong}, and is ${describe(value)}`);
    if (value !== undefined && members !== undefined) checkOptions(below(path, name), value, members);
  }
}

function unknownOption(name: string, rules: Readonly<Record<string, OptionRule>>): string {
  const group = Object.keys(rules).find((each) => Object.hasOwn(rules[each]?.members ?? {}, name));
  if (group === undefined) return unknownName(name, Object.keys(rules));
  return `is an option of the group \`${group}\`: write \`${group}: { ${name}: … }\``;
}

/**
 * Checks an object whose names are the app's own, such as fields: each value is held against the same rule.
 *
 * @throws ConfigurationError that names the member at fault
 * @example checkMembers("collections.articles.references", { author: "people" }, isText)
 */
export function checkMembers(path: string, given: unknown, rule: OptionRule): void {
  if (!isOptionsObject(given)) throw new ConfigurationError(path, `must be an object, and is ${describeValue(given)}`);
  for (const [name, value] of Object.entries(given)) {
    const wrong = rule(value);
    if (wrong !== undefined)
      throw new ConfigurationError(below(path, name), `${wrong}, and is ${describeValue(value)}`);
  }
}

/** Marks a rule: the option can't be left out. */
export function required(rule: OptionRule): OptionRule {
  return Object.assign((value: unknown) => rule(value), rule, { isRequired: true } as const);
}

/**
 * An object of options within another: each of them is checked by its own rule, and named by its whole path. A name
 * that stands beside the group in place of inside it is refused with a hint.
 */
export function group<Options extends object>(rules: OptionRules<Options>): OptionRule {
  return Object.assign(() => undefined, { members: rules });
}

/** Any value, for what is checked elsewhere. */
export const anything: OptionRule = () => undefined;

export const isFunction: OptionRule = (value) => (typeof value === "function" ? undefined : "must be a function");

/** A word such as "false" would count as true. */
export const isBoolean: OptionRule = (value) => (typeof value === "boolean" ? undefined : "must be true or false");

/** A text that is not empty. */
export const isText: OptionRule = (value) =>
  typeof value === "string" && value !== "" ? undefined : "must be a non-empty string";

/** One of these values. */
export function oneOf(...allowed: readonly (string | number | boolean)[]): OptionRule {
  const names = allowed.map((value) => JSON.stringify(value));
  const list = names.length > 1 ? `${names.slice(0, -1).join(", ")} or ${names.at(-1)}` : names[0];
  return (value) => (allowed.some((each) => each === value) ? undefined : `must be ${list}`);
}

/** A whole number within bounds, both included. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): OptionRule {
  const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
  return (value) =>
    Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max
      ? undefined
      : `must be a whole number ${bounds}`;
}

/** A timer of Node's that is set to more than this goes off at once. */
const timerMsMax = 2_147_483_647;

/** A time to wait, in whole milliseconds. */
export const isTimerMs: OptionRule = wholeNumber(1, timerMsMax);

/** An array whose items a rule allows. */
export function listOf(rule: OptionRule, what: string): OptionRule {
  return (value) =>
    Array.isArray(value) && value.every((item) => rule(item) === undefined) ? undefined : `must be an array of ${what}`;
}

/** Whichever of several rules allows it. */
export function either(...rules: readonly OptionRule[]): OptionRule {
  return (value) => {
    const wrong = rules.map((rule) => rule(value));
    if (wrong.includes(undefined)) return undefined;
    return wrong.map((text, index) => (index === 0 ? text : text?.replace(/^must be /, ""))).join(", or ");
  };
}

/** What a value is, in a few words for an error's text. A promise where a value is meant is a forgotten `await`. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value === "symbol") return "a symbol";
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (isPromise(value)) return "a promise: put `await` before it";
  if (Array.isArray(value)) return describeArray(value);
  const kind: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  if (typeof kind === "string" && kind !== "" && kind !== "Object") return `an object of the class ${kind}`;
  const names = Object.keys(value);
  return names.length === 0 ? "an empty object" : `an object with ${names.slice(0, 5).join(", ")}`;
}

function describeArray(array: readonly unknown[]): string {
  if (array.length === 0) return "an empty array";
  const isShort = array.length <= 5 && array.every((item) => ["string", "number", "boolean"].includes(typeof item));
  return isShort ? `[${array.map(describeValue).join(", ")}]` : `an array of ${array.length}`;
}

/** Whether something is a promise, or what can be awaited like one. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** The text for a name that is none of those known: it says the nearest one. */
export function unknownName(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? "" : ` Did you mean \`${nearest}\`?`;
  return `is not an option.${hint} The options are ${known.join(", ")}`;
}

/** The known name that differs least from a given one; nothing where all differ in more than a third of it. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const allowed = Math.max(2, Math.floor(name.length / 3));
  const distances = known.map((each) => ({ each, distance: editDistance(name.toLowerCase(), each.toLowerCase()) }));
  distances.sort((a, b) => a.distance - b.distance);
  const [nearest] = distances;
  return nearest !== undefined && nearest.distance <= allowed ? nearest.each : undefined;
}

/** Levenshtein's distance, with exchanged neighbours as one step. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const steps = [
        at(rows, row - 1, column) + 1,
        (line[column - 1] ?? 0) + 1,
        at(rows, row - 1, column - 1) + (same ? 0 : 1),
      ];
      const isExchange = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] && row > 1 && column > 1;
      line.push(Math.min(...steps, isExchange ? at(rows, row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY));
    }
    rows.push(line);
  }
  return at(rows, a.length, b.length);
}

function at(rows: readonly (readonly number[])[], row: number, column: number): number {
  return rows[row]?.[column] ?? 0;
}

/** Maps, dates, errors and the like are none, though they are objects: no option of theirs would be seen. */
function isOptionsObject(value: unknown): value is object {
  return Object.prototype.toString.call(value) === "[object Object]" && !isPromise(value);
}

function below(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
