import { setTimeout as pause } from "node:timers/promises";
import { StoreError } from "@unclash/core";
import type { Cursor, Store } from "@unclash/core/store";
import { endOfLog } from "./end-of-log.js";
import type { EventPage, SharedEvent } from "./event-page.js";

/** So many events are read at once for those who are behind. */
const pageMax = 500;

/** How long the log is waited for, in milliseconds, where nothing seems to stand behind a place. */
const waitMs = { behind: 5_000, ahead: 250 };

/** Where someone stands that is to be served. */
export interface Behind {
  readonly after: Cursor;
  readonly limit: number;
  /** It is ahead of what this process has seen: another process has seen more, or it is no place of this log. */
  readonly isAhead: boolean;
}

interface Waiter extends Behind {
  readonly settle: (page: EventPage) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Serves those who are too far behind for the events that their process holds. One page is read at a time, however many
 * wait, from the place of the one that has waited longest; all whose place the page holds get their part of it.
 */
export class CatchUp {
  readonly #store: Pick<Store, "follow">;
  #waiting: Waiter[] = [];
  #isReading = false;

  constructor(store: Pick<Store, "follow">) {
    this.#store = store;
  }

  /**
   * The events behind a place: an empty page where there are none yet.
   *
   * @throws StoreError where the store failed
   */
  read(behind: Behind): Promise<EventPage> {
    return new Promise((settle, fail) => {
      this.#waiting.push({ ...behind, settle, fail });
      if (!this.#isReading) void this.#readAll();
    });
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    // Who has waited longest comes first: those who begin far back again and again must not keep others waiting.
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const { after, isAhead } = first;
      try {
        const page =
          after === "start"
            ? await readFirstPage(this.#store)
            : await readPage(this.#store, after, within(isAhead ? waitMs.ahead : waitMs.behind));
        this.#serve(after, page);
      } catch (thrown) {
        for (const waiter of this.#take((each) => each.after === after)) waiter.fail(thrown);
      }
    }
    this.#isReading = false;
  }

  /** Gives each that stands at the page's beginning, or at one of its events, what comes behind. */
  #serve(start: Cursor, page: EventPage): void {
    const events = page.kind === "events" ? page.events : [];
    // For who stands at the last of them the page holds nothing.
    const places = new Map(events.slice(0, -1).map(({ stored }, at) => [stored.cursor, at + 1]));
    places.set(start, 0);
    for (const waiter of this.#take(({ after }) => places.has(after))) {
      const from = places.get(waiter.after) ?? 0;
      const own = events.slice(from, from + waiter.limit);
      const next = own.at(-1)?.stored.cursor ?? page.next;
      waiter.settle(page.kind === "reset" ? page : { kind: "events", events: own, next });
    }
  }

  /** Takes out those that are served now. */
  #take(isServed: (waiter: Waiter) => boolean): readonly Waiter[] {
    const served = this.#waiting.filter(isServed);
    this.#waiting = this.#waiting.filter((waiter) => !isServed(waiter));
    return served;
  }
}

/**
 * The oldest events. Whoever finds none goes on from the end of the log, and would miss all that a slow store has not
 * given yet: that there are none is believed once the store has answered what it was asked later.
 *
 * @throws StoreError where it has answered nothing in time
 */
async function readFirstPage(store: Pick<Store, "follow">): Promise<EventPage> {
  let isAnswered = false;
  const page = await readPage(store, "start", async (stop) => {
    const answer = async (): Promise<void> => {
      await within(waitMs.ahead)(stop);
      await endOfLog(store);
      isAnswered = true;
    };
    await Promise.race([answer(), within(waitMs.behind)(stop)]);
  });
  if (isAnswered || page.kind === "reset" || page.events.length > 0) return page;
  throw new StoreError("The oldest events could not be read in time.", "not-applied");
}

/** How long something is waited for: it resolves or rejects where that is over, or is stopped. */
type Patience = (stop: AbortSignal) => Promise<void>;

function within(durationMs: number): Patience {
  return (signal) => pause(durationMs, undefined, { signal });
}

/** The next events behind a place: as many as there are at this moment, up to a page; none once patience is over. */
async function readPage(store: Pick<Store, "follow">, after: Cursor, patience: Patience): Promise<EventPage> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  patience(stop.signal).then(end, end);
  const events: SharedEvent[] = [];
  const steps = store.follow(after, stop.signal)[Symbol.asyncIterator]();
  try {
    while (events.length < pageMax) {
      const pending = steps.next();
      const step = events.length === 0 ? await pending : await soon(pending);
      if (step === "none" || step.done) break;
      if (!("reset" in step.value)) events.push({ stored: step.value, memo: new Map() });
      else if (events.length > 0) break;
      else return { kind: "reset", next: step.value.reset };
    }
  } finally {
    end();
    steps.return?.()?.catch(() => undefined);
  }
  return { kind: "events", events, next: events.at(-1)?.stored.cursor ?? after };
}

/** The step where it is there already: a store that has read several events gives them without waiting. */
async function soon<Step>(pending: Promise<Step>): Promise<Step | "none"> {
  // What it gives later is read again by the next page.
  pending.catch(() => undefined);
  return Promise.race([pending, new Promise<"none">((resolve) => setImmediate(() => resolve("none")))]);
}
