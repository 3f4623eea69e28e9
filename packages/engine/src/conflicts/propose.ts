import {
  applyJsonPatch,
  applyMergePatch,
  assertNever,
  checkJson,
  isJsonObject,
  type Json,
  type JsonObject,
  type ResponsePlan,
} from "@unclash/core";
import type { Exchange } from "../access/exchange.js";
import { jsonLimitsOf } from "../http/body.js";
import { problemPlan } from "../http/responses.js";
import { malformedPlan, type WriteIntent } from "../resources/write-request.js";
import { fieldsOf } from "../states/representation.js";

/** What the resource would become: its fields, or the answer to a patch that can't be applied. */
export type Proposal =
  | { readonly kind: "proposed"; readonly value: Json }
  | { readonly kind: "refused"; readonly plan: ResponsePlan };

/** Applies a write to a state, given as its whole representation. A deletion has no proposal and is not asked for one. */
export function propose(exchange: Exchange, intent: WriteIntent, onto: JsonObject): Proposal {
  const { change, collection } = intent;
  switch (change.kind) {
    case "replace":
      return { kind: "proposed", value: change.value };
    case "merge-patch":
      return proposeMerged(exchange, applyMergePatch(fieldsOf(collection, onto), change.patch));
    case "json-patch":
      return proposePatched(exchange, intent, onto, change.patch);
    case "delete":
      throw new TypeError("A deletion proposes nothing.");
    default:
      return assertNever(change);
  }
}

/** Patch by patch a resource could come to have more members than a body may, and could not be sent back whole. */
function proposeMerged(exchange: Exchange, merged: Json): Proposal {
  const checked = checkJson(merged, jsonLimitsOf(exchange.settings.limits), { wellFormed: true });
  if (checked.kind === "sound") return { kind: "proposed", value: merged };
  const { code, pointer, detail } = checked;
  return refused(malformedPlan(exchange, [{ code, pointer, detail }]));
}

function proposePatched(exchange: Exchange, intent: WriteIntent, onto: JsonObject, patch: Json): Proposal {
  const { limits } = exchange.settings;
  const patched = applyJsonPatch(onto, patch, {
    operationsMax: limits.patchOperationsMax,
    bytesMax: limits.bodyBytesMax,
    depthMax: limits.jsonDepthMax,
    keysMax: limits.jsonKeysMax,
    valuesMax: limits.jsonValuesMax,
  });
  switch (patched.kind) {
    case "patched":
      return unmoved(exchange, intent, onto, patched.value);
    case "malformed":
      return refused(malformedPlan(exchange, patched.errors));
    case "too-large":
      return refused(patchedTooLarge(exchange));
    case "test-failed": {
      const members = { resource: intent.key, field: patched.pointer };
      return refused(problemPlan(exchange, "invalid-state", `The test of ${patched.pointer} failed.`, { members }));
    }
    case "not-applicable":
      return refused(
        problemPlan(exchange, "validation-failed", "The patch can't be applied.", {
          members: { errors: patched.errors },
        }),
      );
    default:
      return assertNever(patched);
  }
}

/** 413: what a patch would make is larger than a body may be. */
export function patchedTooLarge(exchange: Exchange): ResponsePlan {
  const { bodyBytesMax } = exchange.settings.limits;
  return problemPlan(exchange, "payload-too-large", `The patched resource may hold ${bodyBytesMax} bytes at most.`);
}

/** A patch may test `id` and version, and can't change them, nor add an entity-tag. */
function unmoved(exchange: Exchange, intent: WriteIntent, onto: JsonObject, value: Json): Proposal {
  if (!isJsonObject(value)) return { kind: "proposed", value };
  const errors = intent.collection.ownMembers
    .filter((name) => value[name] !== onto[name])
    .map((name) => ({ pointer: `/${name}`, detail: `A patch can't change ${name}.` }));
  if (errors.length === 0) return { kind: "proposed", value: fieldsOf(intent.collection, value) };
  return refused(problemPlan(exchange, "validation-failed", "The patch can't be applied.", { members: { errors } }));
}

function refused(plan: ResponsePlan): Proposal {
  return { kind: "refused", plan };
}
