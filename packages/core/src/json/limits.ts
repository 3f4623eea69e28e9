/** How large a value's structure may be, whatever the length of its text. */
export interface JsonLimits {
  /** How many objects and arrays may lie inside one another: a string alone has depth 0, `[]` has 1. @default 64 */
  readonly depthMax: number;
  /** How many members all the objects may have together. @default 10,000 */
  readonly keysMax: number;
  /** How long a member's name may be, in UTF-16 code units. @default 1,024 */
  readonly keyLengthMax: number;
  /**
   * How many members and items there may be together, at all levels. What works on a value costs by their number more
   * than by their bytes: a schema that refuses each of 500,000 numbers takes seconds. @default 20,000
   */
  readonly valuesMax: number;
}

/** The limits that hold unless others are set. */
export const defaultJsonLimits: JsonLimits = Object.freeze({
  depthMax: 64,
  keysMax: 10_000,
  keyLengthMax: 1_024,
  valuesMax: 20_000,
});
