import { isJsonArray, isJsonObject, type Json, type JsonObject } from "./value.js";

/**
 * Numbers values, so that two have the same number exactly where `jsonEqual` says that they are equal. Each value is
 * looked at once, however often it is asked for and however deep it lies: what compares many values with many, at all
 * levels, compares numbers.
 *
 * It recurses as deep as a value goes: check what came from outside with `checkJson` first.
 */
export class Interner {
  readonly #scalars = new Map<Json, number>();
  readonly #containers = new Map<string, number>();
  readonly #known = new Map<object, number>();

  numberOf(value: Json): number {
    if (typeof value !== "object" || value === null) return this.#numberIn(this.#scalars, value);
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const number = this.#numberIn(this.#containers, isJsonArray(value) ? this.#itemsOf(value) : this.#membersOf(value));
    this.#known.set(value, number);
    return number;
  }

  #itemsOf(items: readonly Json[]): string {
    let text = "[";
    for (const item of items) text += `${this.numberOf(item)},`;
    return text;
  }

  #membersOf(object: JsonObject): string {
    let text = "{";
    for (const name of Object.keys(object).sort()) {
      const member = object[name];
      if (member !== undefined) text += `${this.numberOf(name)}:${this.numberOf(member)},`;
    }
    return text;
  }

  #numberIn<Key>(numbers: Map<Key, number>, key: Key): number {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#scalars.size + this.#containers.size;
    numbers.set(key, number);
    return number;
  }
}

/** The number of UTF-16 code units that values take as JSON text. Each container is measured once. */
export class TextLengths {
  readonly #known = new Map<object, number>();

  lengthOf(value: Json): number {
    if (typeof value === "string") return JSON.stringify(value).length;
    if (typeof value !== "object" || value === null) return String(value).length;
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    let length = 1;
    if (isJsonArray(value)) for (const item of value) length += this.lengthOf(item) + 1;
    if (isJsonObject(value)) {
      for (const name of Object.keys(value)) {
        const member = value[name];
        if (member !== undefined) length += this.lengthOf(name) + this.lengthOf(member) + 2;
      }
    }
    const whole = Math.max(length, 2);
    this.#known.set(value, whole);
    return whole;
  }
}
