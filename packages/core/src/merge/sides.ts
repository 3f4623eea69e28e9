import { jsonEqual } from "../json/equal.js";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../json/value.js";

/** A place on three sides; `undefined` where nothing is there. */
export interface Sides {
  readonly base: Json | undefined;
  readonly mine: Json | undefined;
  readonly theirs: Json | undefined;
}

/** Both sides have a value of one kind, and so has the base, where it has one. */
export interface SidesOf<Kind extends Json> extends Sides {
  readonly base: Kind | undefined;
  readonly mine: Kind;
  readonly theirs: Kind;
}

export function areObjects(sides: Sides): sides is SidesOf<JsonObject> {
  const { base, mine, theirs } = sides;
  return isJsonObject(mine) && isJsonObject(theirs) && (base === undefined || isJsonObject(base));
}

export function areArrays(sides: Sides): sides is SidesOf<readonly Json[]> {
  const { base, mine, theirs } = sides;
  return isJsonArray(mine) && isJsonArray(theirs) && (base === undefined || isJsonArray(base));
}

/** Whether two sides are the same, both absent included. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : jsonEqual(a, b);
}

/** The value that no policy need be asked about: one side alone changed it, or both to the same. */
export function agree(sides: Sides): Agreed | undefined {
  return isSame(sides.mine, sides.theirs) ? { value: sides.theirs } : changedByOne(sides);
}

export interface Agreed {
  readonly value: Json | undefined;
}

export function changedByOne({ base, mine, theirs }: Sides): Agreed | undefined {
  if (isSame(base, mine)) return { value: theirs };
  return isSame(base, theirs) ? { value: mine } : undefined;
}
