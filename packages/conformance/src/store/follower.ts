import assert from "node:assert/strict";
import type { Cursor, Reset, StopSignal, Store, StoredEvent } from "@unclash/core/store";
import { begun, within } from "./patience.js";

/** What follows a store during a test. It asks for the next event only when the test does. */
export interface Follower {
  /** The next event or reset. Fails where none comes in time, or where the following has ended. */
  next(): Promise<StoredEvent | Reset>;
  /** The next so many, each of which must be an event. */
  events(count: number): Promise<readonly StoredEvent[]>;
  /** All up to one with this type, which must be events and which leaves out that one. */
  eventsUntil(type: string): Promise<readonly StoredEvent[]>;
  /** The next, which must be a reset: where it goes on. */
  reset(): Promise<Cursor>;
  /** Shows that the following ends, after whatever else it gives. */
  ends(): Promise<void>;
  /** Stops it and shows that it ends. */
  stop(): Promise<void>;
}

/** Begins to follow a store. Nothing happens before the first of its methods is called. */
export function follow(store: Store, after: Cursor, patienceMs: number): Follower {
  const controller = new AbortController();
  return followUntil(controller.signal, () => controller.abort(), store, after, patienceMs);
}

/** The same, until this signal. */
export function followUntil(
  signal: StopSignal,
  abort: () => void,
  store: Store,
  after: Cursor,
  patienceMs: number,
): Follower {
  const steps = store.follow(after, signal)[Symbol.asyncIterator]();

  async function step(): Promise<IteratorResult<StoredEvent | Reset>> {
    const result = steps.next().catch((error: unknown) => assert.fail(`a following does not fail: ${error}`));
    return within(patienceMs, "an event, a reset or the end of a following comes", result);
  }

  async function next(): Promise<StoredEvent | Reset> {
    const { done, value } = await step();
    if (done) assert.fail("this following goes on, but has ended");
    return value;
  }

  async function event(): Promise<StoredEvent> {
    const found = await next();
    if ("reset" in found) assert.fail(`an event comes next, but this came: ${JSON.stringify(found)}`);
    return found;
  }

  async function events(count: number): Promise<readonly StoredEvent[]> {
    const found: StoredEvent[] = [];
    while (found.length < count) found.push(await event());
    return found;
  }

  async function eventsUntil(type: string): Promise<readonly StoredEvent[]> {
    const found: StoredEvent[] = [];
    for (let one = await event(); one.type !== type; one = await event()) found.push(one);
    return found;
  }

  async function reset(): Promise<Cursor> {
    const found = await next();
    if (!("reset" in found)) assert.fail(`a reset comes next, but this event came: ${JSON.stringify(found)}`);
    return found.reset;
  }

  async function ends(): Promise<void> {
    for (let result = await step(); !result.done; ) result = await step();
  }

  return {
    next,
    events: (count) => begun(events(count)),
    eventsUntil: (type) => begun(eventsUntil(type)),
    reset,
    ends: () => begun(ends()),
    async stop() {
      abort();
      await ends();
    },
  };
}
