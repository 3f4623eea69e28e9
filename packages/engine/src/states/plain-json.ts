/**
 * A value of which `JSON.stringify` makes one text, whatever the order of its members: the value itself where all of
 * its objects have them in that order already, else a copy of the parts that have not. `undefined` for what is no plain
 * JSON (it may have dates, and members that are `undefined`), and for what is very deep or wide.
 *
 * The order is by the names' UTF-16 code units, but for names that are an array's index: those come first, by number,
 * in every object that JavaScript makes.
 */
export function inOneOrder(root: unknown): unknown {
  const found = ordered(root, 0, { left: containersMax });
  return found === unfit ? undefined : found;
}

/** So deep a call can go on any stack. */
const depthMax = 200;

/** 1 MiB of JSON can hold 524,288 objects and arrays; where a few stand in very many places, it ends here. */
const containersMax = 600_000;

const unfit: unique symbol = Symbol("unfit");

interface Run {
  left: number;
}

function ordered(value: unknown, depth: number, run: Run): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : unfit;
    case "object":
      if (value === null) return value;
      run.left -= 1;
      if (depth > depthMax || run.left < 0) return unfit;
      if (Array.isArray(value)) return orderedItems(value, depth, run);
      return isRecord(value) ? orderedMembers(value, depth, run) : isDate(value) ? value : unfit;
    default:
      return unfit;
  }
}

function orderedItems(list: readonly unknown[], depth: number, run: Run): unknown {
  if ("toJSON" in list) return unfit;
  let copy: unknown[] | undefined;
  for (let at = 0; at < list.length; at += 1) {
    const item = list[at];
    const found = ordered(item, depth + 1, run);
    if (found === unfit) return unfit;
    if (found === item) continue;
    copy ??= list.slice();
    copy[at] = found;
  }
  return copy ?? list;
}

type Members = Readonly<Record<string, unknown>>;

function orderedMembers(object: Members, depth: number, run: Run): unknown {
  let copy: Record<string, unknown> | undefined;
  let isOrdered = true;
  let before = "";
  for (const name in object) {
    // biome-ignore lint/suspicious/noPrototypeBuiltins: inside `for in` this is free, and Object.hasOwn is not.
    if (!Object.prototype.hasOwnProperty.call(object, name)) return unfit;
    if (name < before && !isIndex(before)) isOrdered = false;
    before = name;
    const member = object[name];
    if (member === undefined) continue;
    const found = ordered(member, depth + 1, run);
    if (found === unfit || name === "__proto__") return unfit;
    if (found === member) continue;
    copy ??= { ...object };
    copy[name] = found;
  }
  return isOrdered ? (copy ?? object) : withSortedMembers(copy ?? object);
}

function withSortedMembers(object: Members): Members {
  const sorted: Record<string, unknown> = {};
  for (const name of Object.keys(object).sort()) sorted[name] = object[name];
  return sorted;
}

function isIndex(name: string): boolean {
  return /^(?:0|[1-9]\d{0,9})$/.test(name) && Number(name) < 4_294_967_295;
}

/** Made by a literal or a parser. What a class makes may say something else of itself than its members. */
function isRecord(object: object): object is Members {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null;
}

function isDate(object: object): boolean {
  return Object.getPrototypeOf(object) === Date.prototype && !Object.hasOwn(object, "toJSON");
}
