import { CallbackError } from "@unclash/core";
import { checkJson, isJsonObject, type Json, type JsonObject, pointerOf } from "@unclash/core/json";
import { describeValue } from "@unclash/core/options";

/** How deep what a schema gives may be nested; a value that holds itself would never end. */
const depthMax = 512;

/**
 * The fields that a schema gave, as they will be stored and read: what has a form in JSON by its own `toJSON` (a Date,
 * a URL) in that form. Nothing is stored as another value: what JSON has no form for is a mistake of the app's.
 *
 * @param callback the schema's option, for the error
 * @throws CallbackError that names the path of a value that JSON can't hold
 */
export function storedFields(callback: string, output: unknown): JsonObject {
  if (!isPlain(output) || typeof Reflect.get(output, "toJSON") === "function")
    throw new CallbackError(callback, `must give a plain object, and gave ${describeValue(output)}`);
  // Nearly all of them give JSON: that is seen several times faster than a copy is made.
  const checked = checkJson(output, anySize, { wellFormed: true });
  return checked.kind === "sound" && isJsonObject(checked.value) ? checked.value : storedMembers(callback, output, []);
}

const anySize = {
  depthMax,
  keysMax: Number.POSITIVE_INFINITY,
  keyLengthMax: Number.POSITIVE_INFINITY,
  valuesMax: Number.POSITIVE_INFINITY,
};

type Path = readonly (string | number)[];

function storedValue(callback: string, value: unknown, path: Path): Json {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (Number.isFinite(value)) return value;
      throw unstorable(callback, value, path);
    case "object":
      return value === null ? value : storedObject(callback, value, path);
    default:
      throw unstorable(callback, value, path);
  }
}

function storedObject(callback: string, value: object, path: Path): Json {
  if (path.length > depthMax)
    throw new CallbackError(callback, `gave a value that is nested more than ${depthMax} levels deep`);
  const toJson: unknown = Reflect.get(value, "toJSON");
  if (typeof toJson === "function") {
    const form: unknown = Reflect.apply(toJson, value, [String(path.at(-1) ?? "")]);
    // What can't be written, such as an invalid Date, says so with null.
    if (form === null || form === undefined) throw unstorable(callback, value, path);
    return typeof form === "object" ? storedPlain(callback, form, path) : storedValue(callback, form, path);
  }
  return storedPlain(callback, value, path);
}

function storedPlain(callback: string, value: object, path: Path): Json {
  if (Array.isArray(value)) {
    // Not `map`, which passes over holes.
    return Array.from(value, (item: unknown, index) => storedValue(callback, item, [...path, index]));
  }
  if (!isPlain(value)) throw unstorable(callback, value, path);
  return storedMembers(callback, value, path);
}

function storedMembers(callback: string, value: object, path: Path): JsonObject {
  const members = Object.entries(value).flatMap(([name, member]: readonly [string, unknown]) =>
    // An optional member that is not there: JSON has it that way too.
    member === undefined ? [] : [[name, storedValue(callback, member, [...path, name])] as const],
  );
  return Object.fromEntries(members);
}

/** Made by a literal or a parser, and not by a class. In another realm `Object.prototype` is another object. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

function unstorable(callback: string, value: unknown, path: Path): CallbackError {
  const what = `gave ${describeValue(value)} at ${pointerOf(path)}, for which JSON has no form`;
  return new CallbackError(
    callback,
    `${what}: give a string, a finite number, a boolean, null, a list or a plain object`,
  );
}
