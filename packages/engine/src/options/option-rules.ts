import { ConfigurationError } from "@unclash/core";
import { describeValue, listOf, type OptionRule, wholeNumber } from "@unclash/core/options";
import { durationMsMax, type Retention, type Store } from "@unclash/core/store";

/** The names of headers (RFC 9110 §5.1). */
export const isHeaderNames: OptionRule = listOf(
  (value) =>
    typeof value === "string" && /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(value) ? undefined : "must be a header's name",
  "the names of headers",
);

/** What can be a header's value (RFC 9110 §5.5). */
export const isHeaderValue: OptionRule = (value) =>
  typeof value === "string" && /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/.test(value)
    ? undefined
    : "must be the value of a header";

/** Refuses a name for the entity-tag in bodies that something else has there. */
export function checkEtagField(option: string, etagField: string | false, versionField: string | false): void {
  if (etagField === false || (etagField !== "id" && etagField !== versionField)) return;
  const names = versionField === false ? "`id`" : `\`id\` and the versionField ${describeValue(versionField)}`;
  throw new ConfigurationError(
    option,
    `must be a name other than ${names}, or false, and is ${describeValue(etagField)}`,
  );
}

/** The path that a proxy strips off, percent-encoded: what it holds stands in headers. */
export const isPublicPath: OptionRule = (value) =>
  typeof value === "string" && /^(?:(?:\/(?:[\w.~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*\/?)$/.test(value)
    ? undefined
    : 'must be a path that begins with "/", such as "/shop", percent-encoded';

/** A public path as it is put before others: without a `/` at its end. */
export function resolvePublicPath(path = ""): string {
  return path.replace(/\/$/, "");
}

/** For how long something is kept, in whole milliseconds: up to 100 years. */
export const isKeepMs: OptionRule = wholeNumber(1, durationMsMax);

/** A retention that keeps something, or says that it keeps nothing. */
export const isRetention: OptionRule = (value) => {
  if (value === "all" || value === "none") return undefined;
  const wrong = 'must be "all", "none", or an object with a `count` or an `ageMs` above 0';
  if (typeof value !== "object" || value === null) return wrong;
  const { count, ageMs, ...others }: Exclude<Retention, string> = value;
  const bounds = [count, ageMs].filter((bound) => bound !== undefined);
  const isBound = (bound: unknown): boolean => isKeepMs(bound) === undefined;
  return bounds.length > 0 && bounds.every(isBound) && Object.keys(others).length === 0 ? undefined : wrong;
};

const storeMethods = ["read", "commit", "list", "history", "clean"] as const satisfies readonly (keyof Store)[];

/** A store, opened. */
export const isStore: OptionRule = (value) => {
  const wrong = "must be a store, such as createMemoryStore()";
  if (typeof value !== "object" || value === null) return wrong;
  const isThere = storeMethods.every((name) => typeof Reflect.get(value, name) === "function");
  const capabilities: unknown = Reflect.get(value, "capabilities");
  return isThere && typeof capabilities === "object" && capabilities !== null ? undefined : wrong;
};
