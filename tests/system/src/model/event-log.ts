import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { Commit, Cursor, Key, Moment, Reset, Revision, Store, StoredEvent } from "@unclash/core/store";

/** An event that the store must have; its cursor is known once it was followed. */
interface Expected {
  readonly event: Omit<StoredEvent, "cursor" | "revision">;
  /** Unknown for a commit that wrote no state. */
  readonly revision: Revision | undefined;
  cursor: Cursor | undefined;
  /** It was old enough when the store was cleaned. */
  mayBeGone: boolean;
}

const eventAgeMs = 25 * 60 * 60 * 1_000;
const patienceMs = 10_000;
const cursorSyntax = /^[\w.-]{1,128}$/;

/** The events of a run, in the order in which they must be followed, as far as an order is promised. */
export class ExpectedEvents {
  /** Where the run began. */
  #origin: Cursor;
  #events: Expected[] = [];

  constructor(origin: Cursor) {
    this.#origin = origin;
  }

  add(commit: Commit, revision: Revision | undefined): void {
    for (const event of commit.events) {
      const stored = { ...event, tag: commit.tag, at: commit.at };
      this.#events.push({ event: stored, revision, cursor: undefined, mayBeGone: false });
    }
  }

  /** The store was cleaned at this moment. */
  noteCleaning(now: Moment): void {
    for (const expected of this.#events) expected.mayBeGone ||= expected.event.at + eventAgeMs <= now;
  }

  /**
   * Follows the store from one of the cursors that are known, and shows that it gives what it must. `mark` commits an
   * event of its own, and gives its commit: what comes before it is all that there is. Says whether there was a reset.
   */
  async compare(store: Store, from: number, mark: () => Promise<Commit>): Promise<"reset" | "events"> {
    const known = this.#events.filter(({ cursor }) => cursor !== undefined);
    const place = Math.round(from * known.length);
    const after = known[place - 1]?.cursor ?? this.#origin;
    this.add(await mark(), undefined);
    const { reset, events } = await this.#collect(store, after, mark);
    if (reset !== undefined) {
      const behind = this.#events.slice(Math.max(place - 1, 0), -1);
      assert(
        behind.some(({ mayBeGone }) => mayBeGone),
        `nothing after ${after} may be gone, but there was a reset`,
      );
      this.#origin = reset;
      this.#events = this.#events.slice(-1);
      this.#events = [...this.#match(this.#events, events)];
      return "reset";
    }
    const expected = this.#events.slice(place);
    const isThere = ({ mayBeGone, event }: Expected): boolean =>
      after !== "start" || !mayBeGone || events.some(({ tag, key }) => tag === event.tag && key === event.key);
    this.#events = [...this.#events.slice(0, place), ...this.#match(expected.filter(isThere), events)];
    return "events";
  }

  // Follows until the mark comes. After a reset an earlier mark can't come any more, and another is made.
  async #collect(store: Store, after: Cursor, mark: () => Promise<Commit>) {
    const events: StoredEvent[] = [];
    let reset: Cursor | undefined;
    const stop = new AbortController();
    const giveUp = delay(patienceMs, undefined, { signal: stop.signal, ref: false }).then(
      () => stop.abort(),
      () => {},
    );
    for await (const item of store.follow(after, stop.signal)) {
      if (isReset(item)) {
        assert(reset === undefined && events.length === 0, "a reset comes first, and once");
        reset = item.reset;
        this.add(await mark(), undefined);
        continue;
      }
      events.push(item);
      if (item.tag === this.#events.at(-1)?.event.tag) stop.abort();
    }
    await giveUp;
    assert.equal(events.at(-1)?.tag, this.#events.at(-1)?.event.tag, "an event that was committed did not come");
    return { reset, events };
  }

  // What was followed before comes again as it was. What is new comes behind it: in the order of its commits for each
  // key, which then is the order of all.
  #match(expected: readonly Expected[], events: readonly StoredEvent[]): readonly Expected[] {
    const known = expected.filter(({ cursor }) => cursor !== undefined);
    assert.deepEqual(
      events.slice(0, known.length).map(({ cursor }) => cursor),
      known.map(({ cursor }) => cursor),
      "events that were followed before have another place",
    );
    const fresh = expected.slice(known.length);
    const places = events.map(({ cursor }) => cursor);
    assert.deepEqual(places, [...new Set(places)].sort(), "cursors grow");
    assert(places.every((cursor) => cursorSyntax.test(cursor)));
    const shown = events.map(({ cursor: _, revision: __, ...event }) => event);
    assert.deepEqual(byKey(shown), byKey(expected.map(({ event }) => event)), "events that are followed");
    const rest = [...fresh];
    const ordered = events.slice(known.length).map(({ cursor, revision, key }) => {
      const [found] = rest.splice(
        rest.findIndex(({ event }) => event.key === key),
        1,
      );
      assert(found !== undefined && Number.isSafeInteger(revision));
      if (found.revision !== undefined) assert.equal(revision, found.revision, "an event has its commit's revision");
      return { ...found, cursor };
    });
    return [...known, ...ordered];
  }
}

/** Where the log ends now. */
export async function endOfLog(store: Store): Promise<Cursor> {
  const stop = new AbortController();
  for await (const item of store.follow("now", stop.signal)) {
    stop.abort();
    assert(isReset(item), 'after "now" a reset comes first');
    return item.reset;
  }
  return assert.fail('after "now" nothing came');
}

function isReset(item: StoredEvent | Reset): item is Reset {
  return "reset" in item;
}

function byKey(events: readonly Expected["event"][]): ReadonlyMap<Key, readonly Expected["event"][]> {
  const groups = new Map<Key, Expected["event"][]>();
  for (const event of events) groups.set(event.key, [...(groups.get(event.key) ?? []), event]);
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}
