import type { Page, Store, StoredRecord } from "@unclash/core/store";
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
  /** How long ago the first of those that wait lapsed, in milliseconds. */
  readonly lagMs: number;
  /** Whether there may be more to do at once. */
  readonly more: boolean;
}

/** Gives the page of what has lapsed that begins at a place; without one, the first page. */
export type PageAt = (place: string | undefined) => Promise<Page>;

/**
 * The way of one kind through all that has lapsed, in the order in which it did. Each kind goes its own way, a batch at
 * a time: however many records of others stand in it, or of its own that can't be dealt with, it passes them by.
 */
export class LapsedWalk {
  readonly kind: LapsedKind;
  /** Where its page begins; nothing where that is the beginning. */
  #place: string | undefined;
  /** Where the next page begins; nothing where there was none. */
  #next: string | undefined;
  /** The records of its page that wait for their turn. */
  #waiting: readonly StoredRecord[] = [];
  /** The records of the last page, by which it waits for more, that have had their turn and are still there. */
  #offered: ReadonlySet<string> = new Set();
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
    this.#waiting = [];
    this.#offered = new Set();
    this.#isAtEnd = false;
    this.#isIncomplete = false;
  }

  /**
   * Deals with at most `batchMax` records of its page, and goes on to the next page once none is left.
   *
   * @throws StoreError where the store failed, and whatever the kind's hook threw: it goes on behind these records
   */
  async step(store: Store, pageAt: PageAt, batchMax: number): Promise<KindStep> {
    if (this.#waiting.length === 0) await this.#look(pageAt);
    const now = this.#now;
    const batch = this.#waiting.slice(0, batchMax);
    this.#waiting = this.#waiting.slice(batchMax);
    if (this.#waiting.length === 0) {
      if (this.#next === undefined) this.#isAtEnd = true;
      else [this.#place, this.#offered] = [this.#next, new Set()];
    }
    const done = await this.#end(store, batch, now);
    const [first] = this.#waiting;
    return {
      kind: this.kind.name,
      offered: batch.length,
      ...done,
      waiting: this.#waiting.length,
      lagMs: first === undefined ? 0 : Math.max(0, now - (first.lapsesAt ?? now)),
      more: this.#waiting.length > 0 || this.#next !== undefined,
    };
  }

  /** The store's time when it looked at its page. */
  #now = 0;

  async #look(pageAt: PageAt): Promise<void> {
    const { records, next, now } = await pageAt(this.#place);
    const own = records.filter(({ key }) => key.startsWith(this.kind.prefix));
    this.#waiting = own.filter((record) => !this.#offered.has(nameOf(record)));
    this.#offered = new Set(own.map(nameOf));
    this.#next = next;
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
