import { applyJsonPatch, applyMergePatch, isJsonObject, type JsonObject } from "@unclash/core";
import type { GuardExchange } from "./guard-exchange.js";

/**
 * The fields that a write would leave behind over a state, as far as its content tells: that of a PUT is the new state, that
 * of a PATCH a JSON Patch by its media type, and a merge patch otherwise.
 */
export function proposedFields(exchange: GuardExchange, onto: JsonObject): JsonObject | undefined {
  const { method } = exchange.request;
  if (method === "PATCH" && exchange.mediaType === "application/json-patch+json") return patched(exchange, onto);
  const { content } = exchange;
  if (content === undefined) return undefined;
  if (method === "PUT") return exchange.fieldsOf(content);
  if (method !== "PATCH") return undefined;
  const merged = applyMergePatch(exchange.fieldsOf(onto), exchange.fieldsOf(content));
  return isJsonObject(merged) ? merged : undefined;
}

function patched(exchange: GuardExchange, onto: JsonObject): JsonObject | undefined {
  const { limits } = exchange.settings;
  const result = applyJsonPatch(onto, exchange.json ?? null, {
    operationsMax: limits.patchOperationsMax,
    bytesMax: limits.bodyBytesMax,
    depthMax: limits.jsonDepthMax,
    keysMax: limits.jsonKeysMax,
    valuesMax: limits.jsonValuesMax,
  });
  return result.kind === "patched" && isJsonObject(result.value) ? exchange.fieldsOf(result.value) : undefined;
}
