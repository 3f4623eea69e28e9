import { isStoreError, StoreError } from "@unclash/core";
import type { Cursor, Reset, Store, StoredEvent } from "@unclash/core/store";
import { CatchUp } from "./catch-up.js";
import type { EventPage, SharedEvent } from "./event-page.js";
import { Listeners } from "./listeners.js";
import { type Pace, processPace } from "./pace.js";
import { warnOfStore } from "./store-failure.js";

/** The options of a hub; each has a default that serves most processes. */
export interface HubOptions {
  /** How many of the latest events the process holds for all its readers together. @default 4,096 */
  readonly eventsMax?: number;
  /** How long it goes on following once nobody reads, in milliseconds. @default 60,000 */
  readonly idleMs?: number;
  readonly pace?: Pace;
}

/** After a failure the log is followed again after so long, twice as long each time. */
const retryMs = { first: 100, max: 5_000 };

/** Where the first place was not there soon, it is waited for again after so long, in milliseconds. */
const slowMs = 5_000;

/**
 * The events of a store, followed once a process, for all its readers: streams, polls and deliveries. It holds the
 * latest ones; a reader asks for those behind its own place, and nothing is kept for it. Whoever is further behind is
 * served from the store, page by page, one page at a time for all of them.
 */
export class EventHub {
  readonly #store: Store;
  readonly #eventsMax: number;
  readonly #idleMs: number;
  readonly #pace: Pace;
  readonly #catchUp: CatchUp;
  readonly #listeners: Listeners;
  /** The latest events, in order; those before `#from` have been dropped. */
  #events: SharedEvent[] = [];
  #from = 0;
  /** The place behind which the first held event stands: all that came after it is held. */
  #start: Cursor | undefined;
  #following: AbortController | undefined;
  #opening: Opening = newOpening();
  #readMs = 0;
  /** Until then nobody waits for the first place that could do without it. */
  #slowUntilMs = Number.NEGATIVE_INFINITY;
  #users = 0;

  constructor(store: Store, { eventsMax = 4_096, idleMs = 60_000, pace = processPace }: HubOptions = {}) {
    this.#store = store;
    this.#eventsMax = eventsMax;
    this.#idleMs = idleMs;
    this.#pace = pace;
    this.#catchUp = new CatchUp(store);
    this.#listeners = new Listeners(pace);
  }

  /** Whether the log is followed at this moment. */
  get isFollowing(): boolean {
    return this.#following !== undefined;
  }

  /**
   * The latest place that this process has seen; it begins to follow where it did not.
   *
   * @throws StoreError where the store failed
   */
  place(): Promise<Cursor> {
    // To begin may fail at once, and the next one then waits for another.
    const { place } = this.#opening;
    this.#begin();
    const end = this.#end();
    return end === undefined ? place : Promise.resolve(end);
  }

  /**
   * The latest place; nothing where that can't be told in so many milliseconds: for those that can do without. Whoever
   * asks shortly after that does not wait.
   */
  async placeSoon(timeoutMs: number): Promise<Cursor | undefined> {
    const place = this.place();
    const end = this.#end();
    if (end !== undefined || this.#pace.nowMs() < this.#slowUntilMs) return end;
    const stop = new AbortController();
    const late = this.#pace.pause(timeoutMs, stop.signal).then(() => undefined);
    const found = await Promise.race([place.catch(() => undefined), late]);
    stop.abort();
    if (found === undefined) this.#slowUntilMs = this.#pace.nowMs() + slowMs;
    return found;
  }

  /**
   * The events behind a place, at most so many.
   *
   * @throws StoreError where the store failed
   */
  async read(after: Cursor, limit: number): Promise<EventPage> {
    const end = await this.place();
    if (after === end) return { kind: "events", events: [], next: after };
    return this.held(after, limit) ?? this.#catchUp.read({ after, limit, isAhead: after > end });
  }

  /** The same at once, where this process holds all that came behind the place: it costs no call of the store. */
  held(after: Cursor, limit: number): EventPage | undefined {
    const from = after === this.#start ? this.#from : this.#indexOf(after) + 1;
    if (after !== this.#start && from === 0) return undefined;
    const events = this.#events.slice(from, from + limit);
    return { kind: "events", events, next: events.at(-1)?.stored.cursor ?? after };
  }

  /** Whether something has come behind a place, as far as this process has seen. */
  hasNews(after: Cursor): boolean {
    const end = this.#end();
    return end !== undefined && end > after;
  }

  /** Whether something behind a place has come, and is no longer held. */
  hasDropped(after: Cursor): boolean {
    return this.#start !== undefined && after < this.#start;
  }

  /**
   * Calls a listener after events have come, until what it returns is called: once for many, and late by up to half a
   * second where many listen and much comes.
   */
  listen(listener: () => void): () => void {
    const leave = this.#listeners.add(listener);
    this.#begin();
    return () => {
      leave();
      this.#readMs = this.#pace.nowMs();
    };
  }

  /** Counts an engine that reads from it. Once all have left, it follows no more, until someone reads again. */
  join(): () => void {
    this.#users += 1;
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      this.#users -= 1;
      if (this.#users === 0) this.#stop();
    };
  }

  #begin(): void {
    this.#readMs = this.#pace.nowMs();
    if (this.#following !== undefined) return;
    const following = new AbortController();
    this.#following = following;
    this.#follow(following).catch(warnOfStore);
  }

  #stop(): void {
    this.#following?.abort();
    this.#following = undefined;
    this.#listeners.stop();
    this.#forgetEvents(undefined);
    this.#failOpening(new StoreError("The events are no longer followed.", "not-applied"));
  }

  /** Whoever waits for the first place is told; the next one waits anew. */
  #failOpening(error: unknown): void {
    this.#opening.fail(error);
    this.#opening = newOpening();
  }

  /** Follows until it is stopped, again and again where the store fails. */
  async #follow(following: AbortController): Promise<void> {
    const { signal } = following;
    const idle = setInterval(() => this.#stopIfIdle(), Math.min(this.#idleMs, 10_000));
    idle.unref();
    try {
      for (let failures = 0; !signal.aborted; ) {
        const before = this.#end();
        try {
          for await (const each of this.#store.follow(before ?? "now", signal)) {
            if (signal.aborted) return;
            this.#add(each);
            failures = 0;
          }
          // The store was closed.
          return;
        } catch (thrown) {
          if (signal.aborted) return;
          if (before === undefined) this.#failOpening(thrown);
          if (!isStoreError(thrown)) throw thrown;
          warnOfStore(thrown);
          failures += 1;
          await this.#pace.pause(Math.min(retryMs.first * 2 ** (failures - 1), retryMs.max), signal);
        }
      }
    } finally {
      clearInterval(idle);
      if (this.#following === following) this.#stop();
    }
  }

  #stopIfIdle(): void {
    if (this.#listeners.count === 0 && this.#pace.nowMs() - this.#readMs >= this.#idleMs) this.#stop();
  }

  #add(each: StoredEvent | Reset): void {
    if ("reset" in each) {
      this.#forgetEvents(each.reset);
      this.#opening.settle(each.reset);
    } else {
      this.#events.push({ stored: each, memo: new Map() });
      if (this.#events.length - this.#from > this.#eventsMax) this.#drop();
    }
    this.#listeners.wakeSoon();
  }

  #drop(): void {
    this.#start = this.#events[this.#from]?.stored.cursor;
    this.#from += 1;
    // The array is shortened now and then: to move all its events for each one that goes would cost more than they do.
    if (this.#from < this.#eventsMax) return;
    this.#events = this.#events.slice(this.#from);
    this.#from = 0;
  }

  #forgetEvents(start: Cursor | undefined): void {
    this.#events = [];
    this.#from = 0;
    this.#start = start;
  }

  /** The place of the last event that came, or where it began to follow; nothing before that is known. */
  #end(): Cursor | undefined {
    return this.#events.at(-1)?.stored.cursor ?? this.#start;
  }

  /** Where the event of this very place is held: the places of a log grow as texts. */
  #indexOf(place: Cursor): number {
    let [low, high] = [this.#from, this.#events.length - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.#events[middle]?.stored.cursor ?? "";
      if (found === place) return middle;
      if (found < place) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}

/** The first place, for those who wait for it. */
interface Opening {
  readonly place: Promise<Cursor>;
  readonly settle: (place: Cursor) => void;
  readonly fail: (error: unknown) => void;
}

function newOpening(): Opening {
  let settle: (place: Cursor) => void = () => {};
  let fail: (error: unknown) => void = () => {};
  const place = new Promise<Cursor>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  // Nobody may be waiting.
  place.catch(() => undefined);
  return { place, settle, fail };
}

const hubs = new WeakMap<Store, EventHub>();

/** The one hub of a store in this process, however many engines read it. */
export function eventHubOf(store: Store): EventHub {
  const hub = hubs.get(store) ?? new EventHub(store);
  hubs.set(store, hub);
  return hub;
}
