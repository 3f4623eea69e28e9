import { isJsonObject, type Json, type JsonObject } from "./value.js";

/**
 * Applies a merge patch (RFC 7396 §2): `null` deletes a member, objects are merged member by member, and anything else
 * (arrays too) replaces what is there. It can't set a member to `null` or change a part of an array.
 *
 * The target is never changed; untouched parts are shared with it, and where nothing changes it comes back itself.
 * `undefined` is a target that is not there. A member `__proto__` is passed over, should one have got past `checkJson`.
 * It recurses as deep as the patch goes, which `checkJson` has bounded. The result can have as many members and bytes
 * as both together: that is for the caller to bound.
 */
export function applyMergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const base: JsonObject = isJsonObject(target) ? target : {};
  let merged: Record<string, Json> | undefined;
  for (const [name, change] of Object.entries(patch)) {
    if (name === "__proto__") continue;
    const current = Object.hasOwn(base, name) ? base[name] : undefined;
    if (change === null) {
      if (current === undefined) continue;
      merged ??= { ...base };
      delete merged[name];
    } else {
      const value = applyMergePatch(current, change);
      if (value === current) continue;
      merged ??= { ...base };
      merged[name] = value;
    }
  }
  return merged ?? base;
}
