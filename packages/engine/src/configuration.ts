import { ConfigurationError, durationMsMax, type Retention } from "@unclash/core";

/** Refuses a value that is none of those allowed; an option that was left out is fine. */
export function oneOf(option: string, value: unknown, allowed: readonly string[]): void {
  if (value === undefined || (typeof value === "string" && allowed.includes(value))) return;
  throw new ConfigurationError(option, `must be one of ${allowed.join(", ")}, and is ${JSON.stringify(value)}`);
}

/** Refuses what is no list of names. */
export function namesOnly(option: string, value: unknown): void {
  if (value === undefined || (Array.isArray(value) && value.every((name) => typeof name === "string" && name !== "")))
    return;
  throw new ConfigurationError(option, `must be a list of names, and is ${JSON.stringify(value)}`);
}

/** Refuses what can't be a header's value (RFC 9110 §5.5). */
export function headerValue(option: string, value: string | undefined): void {
  if (value === undefined || /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/.test(value)) return;
  throw new ConfigurationError(option, `must be the value of a header, and is ${JSON.stringify(value)}`);
}

/** Refuses a retention that keeps nothing to speak of without saying `none`. */
export function retentionOnly(option: string, value: Retention | undefined): void {
  if (value === undefined || value === "all" || value === "none") return;
  const bounds = typeof value === "object" && value !== null ? [value.count, value.ageMs] : [];
  const given = bounds.filter((bound) => bound !== undefined);
  const isBound = (bound: number): boolean => Number.isSafeInteger(bound) && bound > 0 && bound <= durationMsMax;
  if (given.length > 0 && given.every(isBound)) return;
  throw new ConfigurationError(option, 'must be "all", "none", or hold a `count` or `ageMs` above 0');
}
