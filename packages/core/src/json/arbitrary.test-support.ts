import fc from "fast-check";
import { expect } from "vitest";
import type { Json } from "./value.js";

/** Few names, so that values of a pair have many in common; and among them all that pointers and objects trip over. */
export const memberName: fc.Arbitrary<string> = fc.constantFrom(
  ...[
    "a",
    "b",
    "0",
    "1",
    "01",
    "-",
    "",
    "~",
    "/",
    "~1",
    "a/b",
    "é😀",
    "constructor",
    "prototype",
    "toString",
    "length",
  ],
);

/** Few scalars, for the same reason, and now and then any. */
const scalar: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom<Json>(null, true, false, 0, 1, -1.5, 1e21, "", "a", 'é😀"\\\u0001\u2028', "0"),
  },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
);

/** Objects, made for a third of what `fc.dictionary` takes: of members with one name the last one stands. */
export function objectOf<Value>(
  name: fc.Arbitrary<string>,
  value: fc.Arbitrary<Value>,
  membersMax: number,
): fc.Arbitrary<{ readonly [name: string]: Value }> {
  return fc.array(fc.tuple(name, value), { maxLength: membersMax }).map((members) => Object.fromEntries(members));
}

/** Values that `checkJson` finds sound, a few levels deep. */
export const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 5 }),
    objectOf(memberName, tie("value"), 5),
  ),
})).value;

/** Freezes a value all through: whoever tries to change it then throws. */
export function frozen<Value extends Json | undefined>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    for (const part of Object.values<Json>(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}

/** A copy that shares nothing; many times as fast as `structuredClone` for what is small. */
export function copyOf(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyOf(member)]));
}

/** A copy that shares nothing, with all members in the reverse order. */
export function reversed(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}

const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Number.prototype];
const namesBefore = prototypes.map((prototype) => Reflect.ownKeys(prototype).map(String).sort());

/** Fails where a prototype got or lost a member since this file was loaded. */
export function expectPrototypesUntouched(): void {
  expect(prototypes.map((prototype) => Reflect.ownKeys(prototype).map(String).sort())).toEqual(namesBefore);
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  expect("admin" in {}).toBe(false);
}
