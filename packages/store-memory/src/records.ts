import {
  compareCodePoints,
  type IndexValue,
  type Key,
  type Moment,
  parentOf,
  type Retention,
  type StoredRecord,
} from "@unclash/core/store";
import type { Entry } from "./entry.js";
import { cleanableAt } from "./retention.js";
import { SortedList } from "./sorted-list.js";
import { SortedLists } from "./sorted-lists.js";

/** A place among the keys of one parent. */
export interface KeyPlace {
  readonly key: Key;
}

/** A place in an index: by value, then key. */
export interface IndexPlace extends KeyPlace {
  readonly value: string;
}

/** A value that a record holds in an index. */
export interface IndexEntry extends IndexPlace {
  readonly unique: boolean;
}

/** A place in an agenda: by moment, then key. */
export interface AgendaPlace extends KeyPlace {
  readonly moment: Moment;
}

/** The place before all others in an agenda. */
export const beginning: AgendaPlace = { moment: Number.NEGATIVE_INFINITY, key: "" };

const byKey = (a: KeyPlace, b: KeyPlace): number => compareCodePoints(a.key, b.key);
const byValue = (a: IndexPlace, b: IndexPlace): number => compareCodePoints(a.value, b.value) || byKey(a, b);
const byMoment = (a: AgendaPlace, b: AgendaPlace): number => a.moment - b.moment || byKey(a, b);

/** The entries of a store, and every order in which they are looked up. What changes an entry keeps all in step. */
export class Records {
  /** The entries that are no tombstones, by parent, then key. */
  readonly children: SortedLists<KeyPlace, Entry> = new SortedLists(byKey);
  /** The values by which records are looked up, by the name of their index. */
  readonly indexes: SortedLists<IndexPlace, IndexEntry> = new SortedLists(byValue);
  /** The keys of what lapses, by when. */
  readonly lapses: SortedList<AgendaPlace, AgendaPlace> = new SortedList(byMoment);
  /** The keys with past states that may go, by when the oldest may. */
  readonly cleanings: SortedList<AgendaPlace, AgendaPlace> = new SortedList(byMoment);
  readonly #entries = new Map<Key, Entry>();

  /** What is held under this key, a tombstone too. */
  get(key: Key): Entry | undefined {
    return this.#entries.get(key);
  }

  /** Makes `next` the current state of its key, and what was current a past one. */
  write(next: StoredRecord, keep: Retention, index: readonly IndexValue[]): void {
    const entry = this.#entries.get(next.key);
    if (entry === undefined) {
      this.#enter(next, keep, index);
      return;
    }
    entry.keep = keep;
    if (keep !== "none") entry.past.push(entry.current);
    this.amend(entry, next);
    this.#moveIndexes(entry, index);
    this.reschedule(entry);
  }

  /** Puts `next` in the place of the current state, of which no trace remains. */
  amend(entry: Entry, next: StoredRecord): void {
    const before = entry.current;
    entry.current = next;
    entry.marked = undefined;
    move(this.lapses, entry.key, before.lapsesAt, next.lapsesAt);
    if (before.deleted === next.deleted) return;
    if (next.deleted) this.children.delete(parentOf(entry.key), entry);
    else this.children.add(parentOf(entry.key), entry);
  }

  /** Leaves nothing of the entry. */
  forget(entry: Entry): void {
    const { key } = entry;
    this.#entries.delete(key);
    this.children.delete(parentOf(key), entry);
    this.#moveIndexes(entry, []);
    move(this.lapses, key, entry.current.lapsesAt, undefined);
    move(this.cleanings, key, entry.cleanableAt, undefined);
  }

  /** Brings the agenda of cleaning up to date, once a past state was added or removed. */
  reschedule(entry: Entry): void {
    const moment = cleanableAt(entry, 0);
    move(this.cleanings, entry.key, entry.cleanableAt, moment);
    entry.cleanableAt = moment;
  }

  #enter(current: StoredRecord, keep: Retention, index: readonly IndexValue[]): void {
    const { key } = current;
    const entry: Entry = { key, current, marked: undefined, past: [], keep, index: [], cleanableAt: undefined };
    this.#entries.set(key, entry);
    this.children.add(parentOf(key), entry);
    this.#moveIndexes(entry, index);
    move(this.lapses, key, undefined, current.lapsesAt);
  }

  #moveIndexes(entry: Entry, index: readonly IndexValue[]): void {
    // Most puts leave the values as they are.
    if (areSame(entry.index, index)) return;
    const { key } = entry;
    for (const { name, value } of entry.index) this.indexes.delete(name, { value, key });
    // A value that stands in the set twice is unique where either says so: those come last and stay.
    for (const { name, value, unique } of index) if (!unique) this.indexes.add(name, { value, key, unique: false });
    for (const { name, value, unique } of index) if (unique) this.indexes.add(name, { value, key, unique });
    entry.index = index;
  }
}

function move(
  agenda: SortedList<AgendaPlace, AgendaPlace>,
  key: Key,
  from: Moment | undefined,
  to: Moment | undefined,
): void {
  if (from === to) return;
  if (from !== undefined) agenda.delete({ moment: from, key });
  if (to !== undefined) agenda.add({ moment: to, key });
}

function areSame(a: readonly IndexValue[], b: readonly IndexValue[]): boolean {
  if (a.length !== b.length) return false;
  return a.every(({ name, value, unique = false }, at) => {
    const other = b[at];
    return other?.name === name && other.value === value && (other.unique ?? false) === unique;
  });
}
