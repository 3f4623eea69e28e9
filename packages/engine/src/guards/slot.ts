/** A place for something on objects of others': on a framework's request, for one. */
export interface Slot<Value> {
  put(holder: object, value: Value): void;
  of(holder: unknown): Value | undefined;
}

/**
 * Makes a place under a symbol of its own. What leads back to the object that it is put on belongs here and not in a
 * `WeakMap`, where it would keep that object until the next full garbage collection: half of what a guard cost.
 */
export function createSlot<Value>(name: string): Slot<Value> {
  const symbol: unique symbol = Symbol(`unclash.${name}`);
  type Holder = { [symbol]?: Value };
  const isHolder = (holder: unknown): holder is Holder => typeof holder === "object" && holder !== null;
  return {
    put(holder, value) {
      if (isHolder(holder)) holder[symbol] = value;
    },
    of: (holder) => (isHolder(holder) ? holder[symbol] : undefined),
  };
}
