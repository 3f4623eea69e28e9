import { firstWhere } from "./binary-search.js";

/** Negative where `a` comes first, 0 where both have one place, else positive. */
export type Order<P> = (a: P, b: P) => number;

// An insertion moves at most this many items. One array of a million would move eight megabytes.
const chunkLengthMax = 512;

/**
 * Items in order, each place taken at most once. Adding, deleting and finding take logarithmic time, and the move of
 * one short array. `P` is what the order looks at, so that a place can be asked for without an item.
 */
export class SortedList<P, T extends P> {
  readonly #order: Order<P>;
  readonly #chunks: T[][] = [];

  constructor(order: Order<P>) {
    this.#order = order;
  }

  /** Whether it holds nothing. */
  get isEmpty(): boolean {
    return this.#chunks.length === 0;
  }

  /** Adds an item; one that has its place already gives way. */
  add(item: T): void {
    const chunkAt = this.#chunkFor(item);
    const chunk = this.#chunks[chunkAt];
    if (chunk === undefined) {
      this.#chunks.push([item]);
      return;
    }
    const at = this.#indexIn(chunk, item);
    chunk.splice(at, this.#holds(chunk, at, item) ? 1 : 0, item);
    if (chunk.length > chunkLengthMax) this.#chunks.splice(chunkAt + 1, 0, chunk.splice(chunkLengthMax >> 1));
  }

  /** Deletes the item at this place, where there is one. */
  delete(place: P): void {
    const chunkAt = this.#chunkFor(place);
    const chunk = this.#chunks[chunkAt];
    if (chunk === undefined) return;
    const at = this.#indexIn(chunk, place);
    if (!this.#holds(chunk, at, place)) return;
    chunk.splice(at, 1);
    if (chunk.length === 0) this.#chunks.splice(chunkAt, 1);
  }

  /** The items after this place, at most `limit`, up to the first one that is not `within` bounds. */
  after(place: P, limit: number, within?: (item: T) => boolean): T[] {
    const items: T[] = [];
    for (let chunkAt = this.#chunkFor(place); chunkAt < this.#chunks.length; chunkAt++) {
      const chunk = this.#chunks[chunkAt] ?? [];
      for (let at = this.#indexAfter(chunk, place); at < chunk.length; at++) {
        const item = chunk[at];
        if (item === undefined || items.length === limit || within?.(item) === false) return items;
        items.push(item);
      }
    }
    return items;
  }

  /** The items before this place, the last first, at most `limit`, down to the first that is not `within` bounds. */
  before(place: P, limit: number, within?: (item: T) => boolean): T[] {
    const items: T[] = [];
    for (let chunkAt = this.#chunkFor(place); chunkAt >= 0; chunkAt--) {
      const chunk = this.#chunks[chunkAt] ?? [];
      for (let at = this.#indexIn(chunk, place) - 1; at >= 0; at--) {
        const item = chunk[at];
        if (item === undefined || items.length === limit || within?.(item) === false) return items;
        items.push(item);
      }
    }
    return items;
  }

  // The first chunk that ends at or after the place, else the last one.
  #chunkFor(place: P): number {
    const chunks = this.#chunks;
    return firstWhere(chunks.length - 1, (at) => {
      const last = chunks[at]?.at(-1);
      return last !== undefined && this.#order(last, place) >= 0;
    });
  }

  #indexIn(chunk: readonly T[], place: P): number {
    return firstWhere(chunk.length, (at) => {
      const item = chunk[at];
      return item !== undefined && this.#order(item, place) >= 0;
    });
  }

  #indexAfter(chunk: readonly T[], place: P): number {
    const at = this.#indexIn(chunk, place);
    return this.#holds(chunk, at, place) ? at + 1 : at;
  }

  #holds(chunk: readonly T[], at: number, place: P): boolean {
    const item = chunk[at];
    return item !== undefined && this.#order(item, place) === 0;
  }
}
