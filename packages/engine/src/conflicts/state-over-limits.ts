import { checkJson, extentOf, type JsonObject } from "@unclash/core/json";
import { jsonLimitsOf } from "../http/body.js";
import type { RequestLimits } from "../http/request-limits.js";
import { warnOnce } from "../options/warnings.js";

/**
 * The limits for what is made of a state that is over them itself: a row of the app's, or a resource from when they
 * were higher. A patch may not make it larger still, but else it is no fault of the client's, and the app is warned.
 *
 * @param state the state that a patch is applied to
 * @param resource its name
 * @returns nothing where the state is within the limits
 */
export function limitsOver(state: JsonObject, resource: string, limits: RequestLimits): RequestLimits | undefined {
  const own = checkJson(state, jsonLimitsOf(limits), { wellFormed: true });
  const { bytes, keys, values, depth } = extentOf(state, "exactly");
  const limit = own.kind === "unsound" ? limitOf[own.code] : bytes > limits.bodyBytesMax ? "bodyBytesMax" : undefined;
  if (limit === undefined) return undefined;
  warnOnce(
    "UNCLASH_STATE_OVER_LIMITS",
    resource.replace(/[^/]*$/, "…"),
    `The state of ${resource} is over \`requestLimits.${limit}\`, ${limits[limit]}: clients can patch it, and add ` +
      "nothing to it. Raise that limit, or keep such states smaller.",
  );
  return {
    ...limits,
    bodyBytesMax: Math.max(limits.bodyBytesMax, bytes),
    jsonKeysMax: Math.max(limits.jsonKeysMax, keys),
    jsonValuesMax: Math.max(limits.jsonValuesMax, values),
    jsonDepthMax: Math.max(limits.jsonDepthMax, depth),
    jsonKeyLengthMax: limit === "jsonKeyLengthMax" ? Number.POSITIVE_INFINITY : limits.jsonKeyLengthMax,
  };
}

/** Whether something is refused for its size alone. */
export function isOfSize({ code }: { readonly code: string }): boolean {
  return limitOf[code] !== undefined;
}

/** The limit that a fault is about; none for what is no matter of size. */
const limitOf: Readonly<Record<string, keyof RequestLimits>> = {
  "too-deep": "jsonDepthMax",
  "too-many-keys": "jsonKeysMax",
  "too-many-values": "jsonValuesMax",
  "key-too-long": "jsonKeyLengthMax",
};
