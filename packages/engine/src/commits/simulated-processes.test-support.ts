import type { Moment, Store, Write } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { type Ending, forgotten, type LapsedKind } from "./lapsed-kinds.js";
import type { Pace } from "./pace.js";

interface Sleeper {
  readonly process: SimulatedProcess;
  readonly atMs: number;
  readonly wake: () => void;
}

/** Time that goes by when a test says so, and the processes that live by it. */
export class SimulatedTime {
  #nowMs = 0;
  #storeSetMs = 1_800_000_000_000;
  #sleepers: Sleeper[] = [];

  /** A store in memory whose clock can be set. */
  openStore(): Store {
    return createMemoryStore({ clock: () => this.storeNow() });
  }

  storeNow(): Moment {
    return this.#storeSetMs + Math.floor(this.#nowMs);
  }

  /** Sets the store's clock forward, or back. */
  stepStoreClock(ms: number): void {
    this.#storeSetMs += ms;
  }

  startProcess(): SimulatedProcess {
    return new SimulatedProcess(this);
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  add(sleeper: Sleeper): void {
    this.#sleepers.push(sleeper);
  }

  /** Lets time go by: everyone who waits for a moment of it goes on at that moment. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (let next = this.#next(endMs); next !== undefined; next = this.#next(endMs)) {
      this.#sleepers.splice(this.#sleepers.indexOf(next), 1);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
      await settled();
    }
    this.#nowMs = endMs;
    await settled();
  }

  #next(endMs: number): Sleeper | undefined {
    const [first] = this.#sleepers
      .filter(({ atMs, process }) => process.isRunning && atMs <= endMs)
      .toSorted((a, b) => a.atMs - b.atMs);
    return first;
  }
}

/** A process that can be killed, or stopped for a while, wherever it waits. */
export class SimulatedProcess implements Pace {
  readonly #time: SimulatedTime;
  isRunning = true;

  constructor(time: SimulatedTime) {
    this.#time = time;
  }

  nowMs = (): number => this.#time.nowMs;

  pause(durationMs: number, stop: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        stop.removeEventListener("abort", wake);
        resolve();
      };
      if (stop.aborted) return wake();
      stop.addEventListener("abort", wake, { once: true });
      this.#time.add({ process: this, atMs: this.#time.nowMs + durationMs, wake });
    });
  }
}

/** Lets all that a store in memory has to do be done. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** A kind whose records are forgotten once they have lapsed, each announced by an event. */
export function announced(name: string): LapsedKind {
  const endingOf = (record: Ending["record"]): Ending => ({
    ...forgotten(record),
    events: [{ type: `${name}.expired`, key: record.key }],
  });
  return { name, prefix: `${name}/`, endingsOf: (records) => records.map(endingOf) };
}

/** A kind whose records stay, lapsed as they are: those of a newer release, to this one. */
export function unknown(name: string): LapsedKind {
  return { name, prefix: `${name}/`, endingsOf: () => [] };
}

let puts = 0;

/** Puts so many records that lapse after `ttlMs`, and gives their keys. */
export async function putLapsing(
  store: Store,
  kind: string,
  count: number,
  { ttlMs = 1, from = 0 }: { readonly ttlMs?: number; readonly from?: number } = {},
): Promise<readonly string[]> {
  const keys = Array.from({ length: count }, (_, n) => `${kind}/${String(from + n).padStart(6, "0")}`);
  for (let at = 0; at < count; at += 200) {
    const writes = keys
      .slice(at, at + 200)
      .map((key): Write => ({ key, expect: "any", put: '{"is":"kept"}', ttlMs, keep: "none" }));
    puts += 1;
    await store.commit({ tag: `put${puts}`, at: 0, reads: [], writes, events: [], by: null, cause: "test" });
  }
  return keys;
}

/** How many records there are of a kind. */
export async function countOf(store: Store, kind: string): Promise<number> {
  let count = 0;
  let after: string | undefined;
  do {
    const from = after === undefined ? {} : { after };
    const page = await store.list({ prefix: `${kind}/`, limit: 1_000, texts: false, ...from });
    count += page.records.length;
    after = page.next;
  } while (after !== undefined);
  return count;
}

/** What has been announced so far: the keys of all events, in their order. */
export async function announcedIn(store: Store): Promise<readonly string[]> {
  const stop = new AbortController();
  const keys: string[] = [];
  const events = store.follow("start", stop.signal)[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([events.next(), settled()]);
    if (next === undefined || next.done === true) break;
    if ("key" in next.value) keys.push(next.value.key);
  }
  stop.abort();
  return keys;
}
