import type { JsonLimits } from "./limits.js";

/** What can be wrong with a value. It becomes the `code` of an entry in a problem's `errors`. */
export type JsonFaultCode =
  | "too-deep"
  | "too-many-keys"
  | "key-too-long"
  | "too-many-values"
  | "number-out-of-range"
  | "invalid-unicode"
  | "forbidden-key"
  | "malformed-json";

/** A fault, and where it was found in a form that costs nothing until there is one. */
export interface Finding {
  readonly code: JsonFaultCode;
  /** A sentence. It never holds what a client sent. */
  readonly detail: string;
  /** The object or array at fault, or the one that holds what is at fault; absent where that is the root, a scalar. */
  readonly container?: object;
  /** The member or item of `container` that is at fault. */
  readonly name?: string | number;
}

/**
 * The first fault of a parsed value, or `undefined` where there is none.
 *
 * One loop with a stack of its own: recursion would overflow on what `JSON.parse` accepts. It keeps no paths, and reads
 * members with `for in`, for which the engine has their names cached: that makes it several times faster than parsing.
 */
export function findFault(root: unknown, limits: JsonLimits, wellFormed: boolean): Finding | undefined {
  if (!isContainer(root)) return scalarFault(root, wellFormed);
  const { depthMax, keysMax, keyLengthMax, valuesMax } = limits;
  const open: Container[] = [root];
  const depths: number[] = [1];
  let keys = 0;
  let items = 0;

  for (let container = open.pop(); container !== undefined; container = open.pop()) {
    const depth = depths.pop() ?? 0;
    if (depth > depthMax) return { ...tooDeep(limits), container };
    if (isList(container)) {
      items += container.length;
      if (items + keys > valuesMax) return { ...tooManyValues(limits), container };
      if ("toJSON" in container) return { ...notJson, container };
      for (let index = 0; index < container.length; index++) {
        const child = container[index];
        if (isContainer(child)) {
          open.push(child);
          depths.push(depth + 1);
        } else {
          const fault = scalarFault(child, wellFormed);
          if (fault !== undefined) return { ...fault, container, name: index };
        }
      }
    } else {
      if (!isPlain(container)) return { ...notJson, container };
      for (const name in container) {
        // biome-ignore lint/suspicious/noPrototypeBuiltins: inside `for in` this is free, and Object.hasOwn is not.
        if (!Object.prototype.hasOwnProperty.call(container, name)) continue;
        keys += 1;
        if (keys > keysMax) return { ...tooManyKeys(limits), container };
        if (items + keys > valuesMax) return { ...tooManyValues(limits), container };
        if (name.length > keyLengthMax) return { ...keyTooLong(limits), container };
        if (!wellFormed && !name.isWellFormed()) return { ...badSurrogate, container };
        if (name === "__proto__") return { ...forbidden, container, name };
        const child = container[name];
        if (isContainer(child)) {
          open.push(child);
          depths.push(depth + 1);
        } else {
          const fault = scalarFault(child, wellFormed);
          if (fault !== undefined) return { ...fault, container, name };
        }
      }
    }
  }
  return undefined;
}

/**
 * What can be seen of the same limits in the text: too many levels, members or items. It is for refusing, before it is
 * parsed, a text that `JSON.parse` would spend 100 ms and more on, and says nothing about whether the text is JSON.
 */
export function findTextFault(text: string, limits: JsonLimits): Finding | undefined {
  let depth = 0;
  let keys = 0;
  let values = 0;
  /** Where the object or array opens that may still turn out to be empty. */
  let opened = -1;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // a string: on to the quote that ends it
        at = endOfString(text, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        if (depth > limits.depthMax) return tooDeep(limits);
        values += 1;
        opened = at;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        if (opened >= 0 && isBlank(text, opened + 1, at)) values -= 1;
        opened = -1;
        if (values > limits.valuesMax) return tooManyValues(limits);
        break;
      case 0x2c: // , stands between each two values of one object or array
        values += 1;
        opened = -1;
        if (values > limits.valuesMax) return tooManyValues(limits);
        break;
      case 0x3a: // : stands once in each member
        keys += 1;
        if (keys > limits.keysMax) return tooManyKeys(limits);
        break;
    }
  }
  return undefined;
}

/** The place of the quote that ends a string, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) return at;
    if (unit === 0x5c) at++;
  }
  return text.length;
}

function isBlank(text: string, from: number, to: number): boolean {
  for (let at = to - 1; at >= from; at--) {
    const unit = text.charCodeAt(at);
    if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return false;
  }
  return true;
}

type Container = readonly unknown[] | Readonly<Record<string, unknown>>;

function isContainer(value: unknown): value is Container {
  return typeof value === "object" && value !== null;
}

function isList(container: Container): container is readonly unknown[] {
  return Array.isArray(container);
}

/** Made by a literal or a parser, and not by a class. In another realm `Object.prototype` is another object. */
function isPlain(container: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(container);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

function scalarFault(value: unknown, wellFormed: boolean): Finding | undefined {
  switch (typeof value) {
    case "string":
      return wellFormed || value.isWellFormed() ? undefined : badSurrogate;
    case "number":
      return Number.isFinite(value) ? undefined : badNumber;
    case "boolean":
      return undefined;
    default:
      return value === null ? undefined : notJson;
  }
}

const notJson: Finding = { code: "malformed-json", detail: "JSON has no value of this kind." };
const badNumber: Finding = {
  code: "number-out-of-range",
  detail: "No 64-bit floating-point number is as large as this.",
};
const badSurrogate: Finding = { code: "invalid-unicode", detail: "The text holds a surrogate without its partner." };
const forbidden: Finding = { code: "forbidden-key", detail: 'No member may be named "__proto__".' };

function tooDeep({ depthMax }: JsonLimits): Finding {
  return { code: "too-deep", detail: `There are more than ${depthMax} levels of objects and arrays.` };
}

function tooManyKeys({ keysMax }: JsonLimits): Finding {
  return { code: "too-many-keys", detail: `There are more than ${keysMax} members in all.` };
}

function keyTooLong({ keyLengthMax }: JsonLimits): Finding {
  return { code: "key-too-long", detail: `The name of a member is longer than ${keyLengthMax} characters.` };
}

function tooManyValues({ valuesMax }: JsonLimits): Finding {
  return { code: "too-many-values", detail: `There are more than ${valuesMax} members and items in all.` };
}
