import { isJsonArray, type Json } from "../json/value.js";

/** An object that is being built. */
export type Members = Record<string, Json>;

/** Sets a member of an object that is being built. `__proto__` becomes a member like any other. */
export function setMember(members: Members, name: string, value: Json): void {
  if (name === "__proto__") {
    Object.defineProperty(members, name, { value, enumerable: true, writable: true, configurable: true });
  } else {
    members[name] = value;
  }
}

/** A copy that shares no object and no array with the value. */
export function copyJson(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (isJsonArray(value)) return value.map(copyJson);
  const members: Members = {};
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (member !== undefined) setMember(members, name, copyJson(member));
  }
  return members;
}

/** The same, where there may be none. */
export function copySide(side: Json | undefined): Json | undefined {
  return side === undefined ? undefined : copyJson(side);
}
