/** An item that goes to another index: `to` counts once it is out of the array, as a JSON Patch's `move` does. */
export interface Shift {
  readonly from: number;
  readonly to: number;
}

/**
 * The fewest moves that bring items into another order, one after the other. The work is n log n.
 *
 * @param order for each place of the new order, the index of its item in the old one: each index once
 */
export function reorder(order: readonly number[]): readonly Shift[] {
  const rise = longestRise(order);
  if (!rise.includes(0)) return [];
  const stays = (item: number): boolean => rise[item] === 1;
  // Each item that moves has two slots on one line, an old one and a new one; of an item that stays they are one.
  const oldSlots = new Int32Array(order.length);
  const newSlots = new Int32Array(order.length);
  let [slot, old] = [0, 0];
  const passOld = (until: number): void => {
    for (; old < until; old += 1) if (!stays(old)) oldSlots[old] = slot++;
  };
  for (const item of order) {
    if (stays(item)) passOld(item);
    newSlots[item] = slot;
    if (stays(item)) oldSlots[item] = slot;
    slot += 1;
  }
  passOld(order.length);
  const taken = new Counts(slot);
  for (const each of oldSlots) taken.add(each, 1);
  const shifts: Shift[] = [];
  for (const item of order) {
    if (stays(item)) continue;
    const [oldSlot, newSlot] = [oldSlots[item] ?? 0, newSlots[item] ?? 0];
    const from = taken.before(oldSlot);
    taken.add(oldSlot, -1);
    const to = taken.before(newSlot);
    taken.add(newSlot, 1);
    shifts.push({ from, to });
  }
  return shifts;
}

/** For each item, whether it is of a longest rising subsequence: those can stay while all others move. */
export function longestRise(order: readonly number[]): Uint8Array {
  // The last member of the best subsequence of each length, and for each item the one before it.
  const ends = new Int32Array(order.length);
  const before = new Int32Array(order.length);
  let length = 0;
  for (const item of order) {
    let [low, high] = [0, length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ends[middle] ?? 0) < item) low = middle + 1;
      else high = middle;
    }
    before[item] = low === 0 ? -1 : (ends[low - 1] ?? -1);
    ends[low] = item;
    if (low === length) length += 1;
  }
  const rise = new Uint8Array(order.length);
  for (let item = length === 0 ? -1 : (ends[length - 1] ?? -1); item >= 0; item = before[item] ?? -1) rise[item] = 1;
  return rise;
}

/** Counts at places, and their sums up to a place, in log n steps each (a Fenwick tree). */
class Counts {
  readonly #sums: Int32Array;

  constructor(length: number) {
    this.#sums = new Int32Array(length + 1);
  }

  add(place: number, count: number): void {
    for (let at = place + 1; at < this.#sums.length; at += at & -at) {
      this.#sums[at] = (this.#sums[at] ?? 0) + count;
    }
  }

  /** The sum of all places before this one. */
  before(place: number): number {
    let sum = 0;
    for (let at = place; at > 0; at -= at & -at) sum += this.#sums[at] ?? 0;
    return sum;
  }
}
