import { assertNever, type ProblemEntry } from "@unclash/core";
import {
  applyJsonPatch,
  applyMergePatch,
  checkJson,
  defaultJsonLimits,
  defaultPatchLimits,
  isJsonObject,
  type Json,
  type JsonObject,
  pointerOf,
} from "@unclash/core/json";
import { bodyBytesMax } from "./body.js";
import { type Change, fieldsOf } from "./change.js";
import { type Customer, type CustomerFields, customerKey, customerSchema, representationOf } from "./customer.js";
import type { CustomerGuard } from "./guarded.js";
import { sentences } from "./reply.js";

/** What is said of one content at most. */
const issuesMax = 100;

/**
 * What a write would make of a customer: its fields, checked; nothing for a deletion.
 *
 * @throws GuardError, through the guard: 400 and 413 of a patch, 409 where a test failed, 422
 */
export function proposedFields(
  change: Exclude<Change, { readonly kind: "delete" }>,
  id: string,
  current: Customer | undefined,
  guard: CustomerGuard,
): CustomerFields {
  const onto = current === undefined ? {} : representationOf(current);
  const proposed = apply(change, id, onto, guard);
  if (!isJsonObject(proposed)) return invalid(guard, [{ pointer: "", detail: "A resource must be a JSON object." }]);
  const checked = customerSchema.safeParse(proposed);
  if (checked.success) return checked.data;
  return invalid(
    guard,
    checked.error.issues.slice(0, issuesMax).map(({ path, message }) => ({
      pointer: pointerOf(path.map((key) => (typeof key === "number" ? key : String(key)))),
      detail: message,
    })),
  );
}

function invalid(guard: CustomerGuard, errors: readonly ProblemEntry[]): never {
  const detail =
    errors.length === 1
      ? "One thing in the content is not valid."
      : `${errors.length} things in the content are not valid.`;
  return guard.outcome.refuse("validation-failed", detail, { errors });
}

function apply(
  change: Exclude<Change, { readonly kind: "delete" }>,
  id: string,
  onto: JsonObject,
  guard: CustomerGuard,
): Json {
  switch (change.kind) {
    case "replace":
      return change.value;
    case "merge-patch":
      return merged(applyMergePatch(fieldsOf(onto), change.patch), guard);
    case "json-patch":
      return patched(change.patch, id, onto, guard);
    default:
      return assertNever(change);
  }
}

/** Patch by patch a customer could come to have more than a body may. */
function merged(value: Json, guard: CustomerGuard): Json {
  const checked = checkJson(value, defaultJsonLimits, { wellFormed: true });
  if (checked.kind === "sound") return value;
  const { code, pointer, detail } = checked;
  return malformed(guard, [{ code, pointer, detail }]);
}

function patched(patch: Json, id: string, onto: JsonObject, guard: CustomerGuard): Json {
  const result = applyJsonPatch(onto, patch, defaultPatchLimits);
  switch (result.kind) {
    case "patched":
      return unmoved(result.value, onto, guard);
    case "malformed":
      return malformed(guard, result.errors);
    case "too-large":
      return guard.outcome.refuse("payload-too-large", `The patched resource may have at most ${bodyBytesMax} bytes.`);
    case "test-failed": {
      const members = { resource: customerKey(id), field: result.pointer };
      return guard.outcome.refuse("invalid-state", `The test of ${result.pointer} failed.`, members);
    }
    case "not-applicable":
      return guard.outcome.refuse("validation-failed", "The patch can't be applied.", { errors: result.errors });
    default:
      return assertNever(result);
  }
}

/** A patch may test `id` and `version`, and can't change them, nor add an entity-tag. */
function unmoved(value: Json, onto: JsonObject, guard: CustomerGuard): Json {
  if (!isJsonObject(value)) return value;
  const errors = ["id", "version", "etag"]
    .filter((name) => value[name] !== onto[name])
    .map((name) => ({ pointer: `/${name}`, detail: `A patch can't change ${name}.` }));
  if (errors.length > 0) return guard.outcome.refuse("validation-failed", "The patch can't be applied.", { errors });
  return fieldsOf(value);
}

function malformed(guard: CustomerGuard, errors: readonly ProblemEntry[]): never {
  return guard.outcome.refuse("malformed-request", sentences(errors), { errors });
}
