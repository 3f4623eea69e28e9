import { type Order, SortedList } from "./sorted-list.js";

/** Sorted lists by name. One that becomes empty is gone, so that names which come and go leave nothing behind. */
export class SortedLists<P, T extends P> {
  readonly #order: Order<P>;
  readonly #lists = new Map<string, SortedList<P, T>>();

  constructor(order: Order<P>) {
    this.#order = order;
  }

  /** Adds an item to the list with this name. */
  add(name: string, item: T): void {
    let list = this.#lists.get(name);
    if (list === undefined) {
      list = new SortedList(this.#order);
      this.#lists.set(name, list);
    }
    list.add(item);
  }

  /** Deletes the item at this place from the list with this name, where there is one. */
  delete(name: string, place: P): void {
    const list = this.#lists.get(name);
    if (list === undefined) return;
    list.delete(place);
    if (list.isEmpty) this.#lists.delete(name);
  }

  /** As {@link SortedList.after}, in the list with this name; nothing where there is none. */
  after(name: string, place: P, limit: number, within?: (item: T) => boolean): readonly T[] {
    return this.#lists.get(name)?.after(place, limit, within) ?? [];
  }

  /** As {@link SortedList.before}, in the list with this name; nothing where there is none. */
  before(name: string, place: P, limit: number, within?: (item: T) => boolean): readonly T[] {
    return this.#lists.get(name)?.before(place, limit, within) ?? [];
  }
}
