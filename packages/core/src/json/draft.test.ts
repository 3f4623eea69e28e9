import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { copyOf, frozen, json, memberName } from "./arbitrary.test-support.js";
import { jsonEqual } from "./equal.js";
import { applyJsonPatch, type PatchLimits } from "./patch.js";
import type { PatchOperation } from "./patch-operation.js";
import { evaluatePointer, parseIndex, parsePointer, pointerOf } from "./pointer.js";
import type { Json } from "./value.js";

const failure = new Error("The operation fails.");

/** RFC 6902 without a thought for costs, on copies that share nothing: the document after each operation. May throw. */
function byTheBook(document: Json, patch: readonly PatchOperation[]): readonly Json[] {
  const root: { document: Json } = { document: copyOf(document) };
  const keyIn = (container: object, token: string): string => {
    if (!Array.isArray(container)) return token;
    if (token === "-") return String(container.length);
    if ((parseIndex(token) ?? Number.POSITIVE_INFINITY) > container.length) throw failure;
    return token;
  };
  const read = (container: object, key: string): Json => {
    if (!Object.hasOwn(container, key)) throw failure;
    return Reflect.get(container, key);
  };
  const resolve = (pointer: string): { container: object; key: string } => {
    const parsed = parsePointer(pointer);
    if (parsed.kind === "malformed") throw failure;
    if (/\/constructor\/prototype(?:\/|$)/.test(pointer)) throw failure;
    const tokens = ["document", ...parsed.tokens];
    const last = tokens.pop() ?? "";
    let container: object = root;
    for (const token of tokens) {
      const inner = read(container, keyIn(container, token));
      if (typeof inner !== "object" || inner === null) throw failure;
      container = inner;
    }
    return { container, key: keyIn(container, last) };
  };
  const get = (pointer: string): Json => {
    const { container, key } = resolve(pointer);
    return copyOf(read(container, key));
  };
  const remove = (pointer: string): void => {
    const { container, key } = resolve(pointer);
    read(container, key);
    if (container === root) throw failure;
    if (Array.isArray(container)) container.splice(Number(key), 1);
    else Reflect.deleteProperty(container, key);
  };
  const put = (pointer: string, value: Json, over: boolean): void => {
    const { container, key } = resolve(pointer);
    if (over) read(container, key);
    if (Array.isArray(container) && !over) container.splice(Number(key), 0, copyOf(value));
    else Reflect.set(container, key, copyOf(value));
  };
  const apply = (operation: PatchOperation): void => {
    switch (operation.op) {
      case "add":
        put(operation.path, operation.value, false);
        break;
      case "replace":
        put(operation.path, operation.value, true);
        break;
      case "remove":
        remove(operation.path);
        break;
      case "test":
        if (!jsonEqual(get(operation.path), operation.value)) throw failure;
        break;
      case "copy":
        put(operation.path, get(operation.from), false);
        break;
      case "move": {
        const value = get(operation.from);
        if (operation.path === operation.from) break;
        if (operation.path.startsWith(`${operation.from}/`)) throw failure;
        remove(operation.from);
        put(operation.path, value, false);
      }
    }
  };
  return patch.map((operation) => {
    apply(operation);
    return copyOf(root.document);
  });
}

/** All pointers into a value. */
function pointersInto(value: Json, path: readonly (string | number)[] = []): readonly string[] {
  const inner =
    typeof value !== "object" || value === null
      ? []
      : Object.entries<Json>(value).flatMap(([name, part]) => pointersInto(part, [...path, name]));
  return [pointerOf(path), ...inner];
}

/** What an operation is made of once there is a document to point into. */
const recipe = fc.record({
  op: fc.constantFrom<PatchOperation["op"][]>("add", "add", "remove", "replace", "move", "copy", "copy", "test"),
  path: fc.nat(),
  from: fc.nat(),
  token: fc.option(fc.oneof(memberName, fc.constantFrom("0", "-", "2"))),
  value: json,
});

type Recipe = typeof recipe extends fc.Arbitrary<infer Made> ? Made : never;

/** Operations of which all apply, but for those that `byTheBook` refuses at the end. */
function cook(document: Json, recipes: readonly Recipe[], failAtEnd: boolean): readonly PatchOperation[] {
  const patch: PatchOperation[] = [];
  let current = document;
  for (const { op, path: pathSeed, from: fromSeed, token, value } of recipes) {
    const pointers = pointersInto(current);
    const at = pointers[pathSeed % pointers.length] ?? "";
    const from = pointers[fromSeed % pointers.length] ?? "";
    const path = token === null ? at : at + pointerOf([token]);
    const operation = made(op, path, from, op === "test" ? current : value);
    const states = attempt(current, [operation]);
    if (states === undefined && !failAtEnd) continue;
    patch.push(operation);
    if (states === undefined) break;
    current = states[0] === undefined ? current : states[0];
    // Copies may double it each time, and this file compares documents as texts.
    if (JSON.stringify(current).length > 20_000) break;
  }
  return patch;
}

function made(op: Recipe["op"], path: string, from: string, value: Json): PatchOperation {
  if (op === "move" || op === "copy") return { op, from, path };
  return op === "remove" ? { op, path } : { op, path, value };
}

function attempt(document: Json, patch: readonly PatchOperation[]): readonly Json[] | undefined {
  try {
    return byTheBook(document, patch);
  } catch (error) {
    if (error === failure) return undefined;
    throw error;
  }
}

describe("a document that is edited in place where nobody sees it", () => {
  const roomy: PatchLimits = { operationsMax: 100, bytesMax: 1e9, depthMax: 1e9, keysMax: 1e9 };
  const recipes = fc.array(recipe, { maxLength: 12 });

  test("becomes what it would become if each operation copied everything", () => {
    fc.assert(
      fc.property(json, recipes, fc.boolean(), (document, some, failAtEnd) => {
        const patch = cook(document, some, failAtEnd);
        const states = attempt(document, patch);
        const result = applyJsonPatch(frozen(document), frozen(patch), roomy);
        if (states === undefined) expect(result.kind).not.toBe("patched");
        else
          expect(JSON.stringify(result)).toBe(
            JSON.stringify({ kind: "patched", value: states.length > 0 ? states.at(-1) : document }),
          );
      }),
      { numRuns: 2_000 },
    );
  });

  test("is refused exactly where its text passes the size at the end, or all that is copied does", () => {
    const bytesOf = (value: Json) => Buffer.byteLength(JSON.stringify(value));
    fc.assert(
      fc.property(json, recipes, fc.integer({ min: -3, max: 3 }), fc.boolean(), (document, some, slack, atCopies) => {
        const patch = cook(document, some, false);
        const states = [document, ...byTheBook(document, patch)];
        const copied = patch.reduce((sum, operation, index) => {
          if (operation.op !== "copy") return sum;
          const parsed = parsePointer(operation.from);
          const value = parsed.kind === "pointer" && evaluatePointer(states[index] ?? null, parsed.tokens);
          return sum + bytesOf(value ?? null);
        }, 0);
        const last = bytesOf(states.at(-1) ?? null);
        const bytesMax = Math.max(bytesOf(document), (atCopies ? copied : last) + slack);
        const result = applyJsonPatch(document, patch, { ...roomy, bytesMax });
        expect(result.kind).toBe(copied > bytesMax || last > bytesMax ? "too-large" : "patched");
        if (result.kind === "too-large") expect(result.of).toBe(copied > bytesMax ? "copies" : "document");
      }),
      { numRuns: 1_000 },
    );
  });
});
