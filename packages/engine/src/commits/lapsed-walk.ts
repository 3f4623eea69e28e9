import type { Moment, Page, Store, StoredRecord } from "@unclash/core/store";
import { endLapsed } from "./end-lapsed.js";
import type { LapsedKind } from "./lapsed-kinds.js";

/** What one step did for a kind. */
export interface KindStep {
  readonly kind: string;
  /** How many lapsed records had their turn. */
  readonly offered: number;
  /** How many were dealt with: most of them forgotten. */
  readonly ended: number;
  /** How many events told of them. */
  readonly events: number;
  /** How many were passed by: a newer release has written them, or an earlier one still needs them. */
  readonly leftOver: number;
  /** How many wait for the next steps, as far as it has been looked. */
  readonly waiting: number;
  /**
   * How long ago the first of those that wait lapsed, in milliseconds. Where nothing further was looked at, they lapsed
   * then or later, if there are any.
   */
  readonly lagMs: number;
  /** Whether there may be more to do at once. */
  readonly more: boolean;
}

/** So many pages are looked at in one step, where there is little to do on the first ones. */
const pagesMax = 8;

/** Gives the page of what has lapsed that begins at a place; without one, the first page. */
export type PageAt = (place: string | undefined) => Promise<Page>;

/**
 * The way of one kind through all that has lapsed, in the order in which it did. Each kind goes its own way, a batch at
 * a time: however many records of others stand in it, or of its own that can't be dealt with, it passes them by.
 */
export class LapsedWalk {
  readonly kind: LapsedKind;
  /** Where it looks next: the beginning, where there is none. */
  #place: string | undefined;
  /** Whether there is a page that it has not looked at. */
  #hasNext = true;
  /** When the last record lapsed that it has looked at, of whatever kind. */
  #lookedTo: Moment | undefined;
  /** The store's time when it looked. */
  #now: Moment = 0;
  /** The records that wait for their turn. */
  #waiting: readonly StoredRecord[] = [];
  /** The records of the last page, by which it waits for more, that have had their turn or wait for it. */
  #seen: ReadonlySet<string> = new Set();
  #isAtEnd = false;
  #isIncomplete = false;

  constructor(kind: LapsedKind) {
    this.kind = kind;
  }

  /** Whether it has been through once: from then on it waits at the end for what lapses next. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** Whether it has left something that may work out the next time. */
  get isIncomplete(): boolean {
    return this.#isIncomplete;
  }

  /** Has it start again soon, for what may have lapsed behind it. */
  markIncomplete(): void {
    this.#isIncomplete = true;
  }

  /** Starts again from the beginning. */
  restart(): void {
    this.#place = undefined;
    this.#hasNext = true;
    this.#waiting = [];
    this.#seen = new Set();
    this.#isAtEnd = false;
    this.#isIncomplete = false;
  }

  /**
   * Deals with at most `batchMax` records, and looks at as many pages as it takes to find them, within a limit.
   *
   * @throws StoreError where the store failed, and whatever the kind's hook threw: it goes on behind these records
   */
  async step(store: Store, pageAt: PageAt, batchMax: number): Promise<KindStep> {
    // At the last page it looks again once nothing of it waits any more.
    for (let pages = 0; pages < pagesMax && this.#waiting.length < batchMax; pages += 1) {
      if (!this.#hasNext && (pages > 0 || this.#waiting.length > 0)) break;
      await this.#look(pageAt);
    }
    const now = this.#now;
    const batch = this.#waiting.slice(0, batchMax);
    this.#waiting = this.#waiting.slice(batchMax);
    if (this.#waiting.length === 0 && !this.#hasNext) this.#isAtEnd = true;
    const done = await this.#end(store, batch, now);
    const [first] = this.#waiting;
    const since = first?.lapsesAt ?? (this.#hasNext ? this.#lookedTo : undefined) ?? now;
    return {
      kind: this.kind.name,
      offered: batch.length,
      ...done,
      waiting: this.#waiting.length,
      lagMs: Math.max(0, now - since),
      more: this.#waiting.length > 0 || this.#hasNext,
    };
  }

  async #look(pageAt: PageAt): Promise<void> {
    const { records, next, now } = await pageAt(this.#place);
    const own = records.filter(({ key }) => key.startsWith(this.kind.prefix));
    this.#waiting = [...this.#waiting, ...own.filter((record) => !this.#seen.has(nameOf(record)))];
    this.#hasNext = next !== undefined;
    this.#place = next ?? this.#place;
    this.#seen = new Set(this.#hasNext ? [] : own.map(nameOf));
    this.#lookedTo = records.at(-1)?.lapsesAt;
    this.#now = now;
  }

  async #end(
    store: Store,
    batch: readonly StoredRecord[],
    now: number,
  ): Promise<Pick<KindStep, "ended" | "events" | "leftOver">> {
    if (batch.length === 0) return { ended: 0, events: 0, leftOver: 0 };
    try {
      const endings = await this.kind.endingsOf(batch, { store, now });
      const { ended, events, missed } = await endLapsed(store, endings, now);
      if (missed > 0) this.markIncomplete();
      return { ended, events, leftOver: batch.length - endings.length };
    } catch (thrown) {
      // Whatever is wrong with them must not keep the others.
      this.markIncomplete();
      throw thrown;
    }
  }
}

/** A record as it is now: once it is written again it is another. */
function nameOf({ key, tag }: StoredRecord): string {
  return `${tag} ${key}`;
}
