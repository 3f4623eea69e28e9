import { ConfigurationError } from "../errors.js";
import { describeValue, type OptionRule } from "./check-options.js";

/**
 * Checks which of two options says where a store's data are: the one by which the store opens something of its own, or
 * the one that hands over something of the app's. Exactly one of them must be given.
 *
 * @returns its name: the option that is at fault where what it leads to can't be used
 * @throws ConfigurationError that names the first, where both are given or neither
 * @example const sourceOption = checkSource(options, rules, "url", "pool");
 */
export function checkSource<Own extends string, Theirs extends string>(
  given: { readonly [Name in Own | Theirs]?: unknown },
  rules: { readonly [Name in Own]: OptionRule },
  own: Own,
  theirs: Theirs,
): Own | Theirs {
  const isOwn = given[own] !== undefined;
  const isTheirs = given[theirs] !== undefined;
  if (isOwn && isTheirs) throw new ConfigurationError(own, `must not stand beside ${theirs}`);
  if (isOwn) return own;
  if (isTheirs) return theirs;
  throw new ConfigurationError(own, `${rules[own](undefined)}, unless ${theirs} is given`);
}

/**
 * A connection string. An error shows of it neither the user nor the password.
 *
 * @param form what it must match
 * @param allowed how an error says so: `must be …`
 */
export function connectionString(form: RegExp, allowed: string): OptionRule {
  const rule = (value: unknown): string | undefined =>
    typeof value === "string" && form.test(value) ? undefined : allowed;
  return Object.assign(rule, { describe: withoutCredentials });
}

// Both stand before the last `@`, or in the query.
function withoutCredentials(value: unknown): string {
  if (typeof value !== "string") return describeValue(value);
  return describeValue(value.replace(/^(\w[\w+.-]*:\/\/)?.*@/s, "$1…@").replace(/\?.*/s, "?…"));
}
