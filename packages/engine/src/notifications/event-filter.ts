import type { RecordedEvent } from "./event.js";
import { typePrefix } from "./event.js";

/** Which events someone wants to be told of. */
export interface EventFilter {
  /** Resource keys, `articles/*` for all of a collection; none means all. */
  readonly resources: readonly string[];
  /** Types as clients know them, `unclash.conflict.*` for several; none means all. */
  readonly types: readonly string[];
}

/** Whether a filter wants an event. */
export function matches(
  { resources, types }: EventFilter,
  { key, type }: Pick<RecordedEvent, "key" | "type">,
): boolean {
  return (
    (resources.length === 0 || resources.some((pattern) => names(pattern, key))) &&
    (types.length === 0 || types.some((pattern) => isLike(pattern, typePrefix + type)))
  );
}

/** An id may end in `*`, but is never that alone. */
function names(pattern: string, key: string): boolean {
  return pattern === key || pattern === "*" || (pattern.endsWith("/*") && key.startsWith(pattern.slice(0, -1)));
}

/** A pattern is a type, or all that begin with what stands before its `*`. */
function isLike(pattern: string, type: string): boolean {
  return pattern.endsWith("*") ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}

/** All types of events that there are, as clients know them. */
export const eventTypes: readonly string[] = [
  "resource.changed",
  "conflict.detected",
  "conflict.resolved",
  "conflict.expired",
  "lock.granted",
  "lock.released",
  "lock.expired",
  "transaction.committed",
  "transaction.rolled-back",
  "limit.exceeded",
].map((type) => typePrefix + type);

/** Whether a text is a type of events, or stands for several: `unclash.conflict.*`, or `*` for all. */
export function isTypePattern(text: string): boolean {
  if (!text.endsWith("*")) return eventTypes.includes(text);
  return /^(?:[a-z-]+\.)*\*$/.test(text) && eventTypes.some((type) => type.startsWith(text.slice(0, -1)));
}

/**
 * Whether a text can name resources: `articles/1`, `articles/*`, or `*` for all.
 *
 * @param isKnown whether there are resources of this name: the first segment of their keys
 */
export function isResourcePattern(text: string, isKnown: (name: string) => boolean): boolean {
  if (text === "*") return true;
  const slash = text.indexOf("/");
  return (
    slash > 0 && slash < text.length - 1 && Buffer.byteLength(text) <= keyBytesMax && isKnown(text.slice(0, slash))
  );
}

const keyBytesMax = 1_024;
