import { inOneOrder } from "./plain-json.js";

/** What is still to be written: a piece of text, or a value, which `toJSON` may have given already. */
type Pending = string | { readonly value: unknown; readonly given?: true };

/**
 * One text for each value, whatever it is: of JSON its text with the members of each object in one order, of all else
 * that a body parser can make something as definite. Members that are `undefined` or functions are left out, as in
 * JSON. What has a `toJSON` is what that gives: dates, for one. Bytes are base64. Of a stream, a file or what can't be
 * looked into only its kind counts.
 *
 * Plain JSON is written by `JSON.stringify`, at 10 to 30 ms a MiB; all else several times as slowly.
 */
export function valueText(root: unknown): string {
  return plainText(root) ?? anyText(root);
}

/** Getters, proxies and dates may throw. */
function plainText(root: unknown): string | undefined {
  try {
    const plain = inOneOrder(root);
    return plain === undefined ? undefined : JSON.stringify(plain);
  } catch {
    return undefined;
  }
}

/** It keeps a stack of its own and marks what it has seen, so that no depth and no cycle stops it. */
function anyText(root: unknown): string {
  const written: string[] = [];
  const pending: Pending[] = [{ value: root }];
  const seen = new Map<object, number>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next === "string") written.push(next);
    else if (typeof next.value !== "object" || next.value === null) written.push(scalarText(next.value));
    else if (seen.has(next.value) && next.given !== true) written.push(`#${seen.get(next.value)}`);
    else {
      const pieces = piecesOf(next.value, next.given === true);
      if (!isPlain(pieces)) seen.set(next.value, seen.size);
      for (let at = pieces.length - 1; at >= 0; at -= 1) pending.push(pieces[at] ?? "");
    }
  }
  return written.join("");
}

/**
 * Whether nothing is left to be looked into. Such values count by what they hold: a row whose dates are one object says
 * the same as the row that the database gives, where they are two.
 */
function isPlain([first, ...more]: readonly Pending[]): boolean {
  if (more.length > 0 || first === undefined) return false;
  return typeof first === "string" || typeof first.value !== "object" || first.value === null;
}

function scalarText(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "symbol" || typeof value === "function" ? typeof value : String(value);
}

/**
 * The text of an object, with the values in it still to be written. Getters and proxies may throw: then its kind
 * counts.
 */
function piecesOf(object: object, given: boolean): readonly Pending[] {
  try {
    if (Array.isArray(object)) return listed(object);
    const bytes = bytesOf(object);
    if (bytes !== undefined) return [`bytes:${bytes.toString("base64")}`];
    if (!given && "toJSON" in object && typeof object.toJSON === "function") {
      return [{ value: object.toJSON(), given: true }];
    }
    if (isCollection(object)) return ["{", ...listed([...object]), "}"];
    return isStreamed(object) ? [kindOf(object)] : membersOf(object);
  } catch {
    return ["unreadable"];
  }
}

function listed(items: readonly unknown[]): readonly Pending[] {
  const pieces: Pending[] = ["["];
  for (let at = 0; at < items.length; at += 1) {
    if (at > 0) pieces.push(",");
    pieces.push({ value: items[at] });
  }
  pieces.push("]");
  return pieces;
}

function membersOf(object: object): readonly Pending[] {
  const pieces: Pending[] = ["{"];
  for (const [name, value] of Object.entries(object).sort(byName)) {
    if (value === undefined || typeof value === "function") continue;
    pieces.push(`${pieces.length > 1 ? "," : ""}${JSON.stringify(name)}:`, { value });
  }
  pieces.push("}");
  return pieces;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function bytesOf(object: object): Buffer | undefined {
  if (ArrayBuffer.isView(object)) return Buffer.from(object.buffer, object.byteOffset, object.byteLength);
  return object instanceof ArrayBuffer || object instanceof SharedArrayBuffer ? Buffer.from(object) : undefined;
}

function isCollection(object: object): object is Iterable<unknown> {
  return (
    object instanceof Map || object instanceof Set || object instanceof URLSearchParams || object instanceof FormData
  );
}

/**
 * Streams and files: what they hold is not there yet, and their own state differs from one request to the next. A row
 * or a client's JSON may well have a member `pipe`, but no function.
 */
function isStreamed(object: object): boolean {
  if (Symbol.asyncIterator in object || object instanceof Blob) return true;
  return "pipe" in object && typeof object.pipe === "function";
}

function kindOf(object: object): string {
  return Object.prototype.toString.call(object);
}
