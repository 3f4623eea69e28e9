import { assertNever } from "@unclash/core";
import {
  applyJsonPatch,
  applyMergePatch,
  checkJson,
  isJsonObject,
  type Json,
  type JsonObject,
  type PatchLimits,
} from "@unclash/core/json";
import type { Version } from "@unclash/core/store";
import { jsonLimitsOf } from "../http/body.js";
import { malformed, type Refused, refused } from "../http/refusal.js";
import type { RequestLimits } from "../http/request-limits.js";
import { sentences } from "../http/sentences.js";
import { fieldsOf } from "../states/representation.js";
import { isOfSize, limitsOver } from "./state-over-limits.js";

/** What a write would do, before anything was read. */
export type Change =
  | { readonly kind: "replace"; readonly value: Json }
  | { readonly kind: "merge-patch"; readonly patch: Json }
  | { readonly kind: "json-patch"; readonly patch: Json }
  | { readonly kind: "delete" }
  /** The fields of a past state take the place of the current ones: `null` of a deletion, absent until that is read. */
  | { readonly kind: "rollback"; readonly version: Version; readonly fields?: JsonObject | null }
  /** What a conflict is resolved with, in the newest shape. */
  | { readonly kind: "resolution"; readonly fields: JsonObject };

export const mergePatchType = "application/merge-patch+json";
export const jsonPatchType = "application/json-patch+json";

/** What the state of a resource may become. */
export interface ChangeTarget {
  readonly resource: string;
  /** The members of a representation that are no fields. */
  readonly ownMembers: readonly string[];
  readonly limits: RequestLimits;
}

/** The fields that a change leaves behind; or why it can't be applied. */
export type AppliedChange = { readonly kind: "applied"; readonly value: Json } | Refused;

/**
 * Applies a change to a state, given as its whole representation. A deletion leaves nothing behind, and is not asked
 * for it.
 */
export function applyChange(change: Change, onto: JsonObject, target: ChangeTarget): AppliedChange {
  switch (change.kind) {
    case "replace":
      return { kind: "applied", value: change.value };
    case "merge-patch":
      return applyMerge(change.patch, fieldsOf(target, onto), target);
    case "json-patch":
      return applyPatch(change.patch, onto, target);
    case "delete":
      throw new TypeError("A deletion leaves no state behind.");
    case "resolution":
      return { kind: "applied", value: change.fields };
    case "rollback":
      return fieldsOfPast(change, target);
    default:
      return assertNever(change);
  }
}

/** A deletion can't be gone back to: it is made by a DELETE. */
function fieldsOfPast(
  { version, fields }: Extract<Change, { kind: "rollback" }>,
  { resource }: ChangeTarget,
): AppliedChange {
  if (fields === undefined) throw new TypeError("The state to go back to must be read before it is applied.");
  if (fields !== null) return { kind: "applied", value: fields };
  return refused("invalid-state", sentences.deletionIsNoTarget(resource, version), { members: { resource } });
}

/** Whether a change takes the place of the state as it is, whatever that holds. */
export function replacesState({ kind }: Change): boolean {
  return kind === "replace" || kind === "rollback" || kind === "resolution";
}

/**
 * Whether the outcome of a change depends on which members the state has, and what they hold. Of a JSON Patch
 * everything does but adding a member of the resource, or another value for the whole: `remove`, `replace`, `move`,
 * `copy` and an `add` below a member fail where there is none. What is malformed is so whatever the state.
 */
export function dependsOnState(change: Change): boolean {
  return change.kind === "json-patch" && Array.isArray(change.patch) && change.patch.some(isDependent);
}

function isDependent(operation: Json): boolean {
  if (!isJsonObject(operation)) return false;
  const { op, path } = operation;
  switch (op) {
    case "add":
      return typeof path === "string" && path.includes("/", 1);
    case "replace":
      return path !== "";
    case "test":
    case "remove":
    case "move":
    case "copy":
      return true;
    default:
      return false;
  }
}

/** Patch by patch a resource could come to have more members than a body may, and could not be sent back whole. */
function applyMerge(patch: Json, onto: JsonObject, { resource, limits }: ChangeTarget): AppliedChange {
  const merged = applyMergePatch(onto, patch);
  const check = (within: RequestLimits) => checkJson(merged, jsonLimitsOf(within), { wellFormed: true });
  let checked = check(limits);
  const raised = checked.kind === "sound" ? undefined : limitsOver(onto, resource, limits);
  if (raised !== undefined) checked = check(raised);
  if (checked.kind === "sound") return { kind: "applied", value: merged };
  const { code, pointer, detail } = checked;
  return malformed([{ code, pointer, detail }]);
}

function applyPatch(patch: Json, onto: JsonObject, target: ChangeTarget): AppliedChange {
  const { limits, resource } = target;
  let patched = applyJsonPatch(onto, patch, patchLimitsOf(limits));
  const isOver = patched.kind === "too-large" || (patched.kind === "malformed" && patched.errors.some(isOfSize));
  const raised = isOver ? limitsOver(onto, resource, limits) : undefined;
  if (raised !== undefined) patched = applyJsonPatch(onto, patch, patchLimitsOf(raised));
  switch (patched.kind) {
    case "patched":
      return withoutOwnMembers(patched.value, onto, target);
    case "malformed":
      return malformed(patched.errors);
    case "too-large":
      return patched.of === "copies" ? copiesTooLarge(patched) : patchedTooLarge(patched.bytesMax);
    case "test-failed": {
      const members = { resource: target.resource, field: patched.pointer };
      return refused("invalid-state", sentences.testFailed(patched.pointer), { members });
    }
    case "not-applicable":
      return refused("validation-failed", sentences.patchNotApplicable, { members: { errors: patched.errors } });
    default:
      return assertNever(patched);
  }
}

function patchLimitsOf(limits: RequestLimits): PatchLimits {
  return {
    operationsMax: limits.patchOperationsMax,
    bytesMax: limits.bodyBytesMax,
    depthMax: limits.jsonDepthMax,
    keysMax: limits.jsonKeysMax,
    keyLengthMax: limits.jsonKeyLengthMax,
    valuesMax: limits.jsonValuesMax,
  };
}

/** 413: what a patch would make is larger than a body may be. */
export function patchedTooLarge(bytesMax: number): Refused {
  return refused("payload-too-large", sentences.patchedTooLarge(bytesMax));
}

/** 413: a patch copies more than a body may hold, whether or not it is there in the end. */
function copiesTooLarge({ bytesMax }: { readonly bytesMax: number }): Refused {
  return refused("payload-too-large", sentences.copiesTooLarge(bytesMax));
}

/** A patch may test `id` and version, and can't change them, nor add an entity-tag. */
function withoutOwnMembers(value: Json, onto: JsonObject, target: ChangeTarget): AppliedChange {
  if (!isJsonObject(value)) return { kind: "applied", value };
  const errors = target.ownMembers
    .filter((name) => value[name] !== onto[name])
    .map((name) => ({ pointer: `/${name}`, detail: sentences.notPatchable(name) }));
  if (errors.length === 0) return { kind: "applied", value: fieldsOf(target, value) };
  return refused("validation-failed", sentences.patchNotApplicable, { members: { errors } });
}
