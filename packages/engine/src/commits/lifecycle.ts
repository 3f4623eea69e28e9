import { type StreamPlan, UsageError } from "@unclash/core";
import { warn, warnOnce } from "../options/warnings.js";
import { BackgroundWrites } from "./background-writes.js";
import { endedStream, OpenStreams } from "./open-streams.js";
import { type Begin, type WaitLimits, type WaitOutcome, waitFor } from "./wait.js";

/**
 * Where an engine is in its life. It answers requests from the first moment on.
 *
 * - `new`: nothing was started yet.
 * - `started`: work in the background goes on.
 * - `draining`: requests are answered; nothing waits any more, streams have ended, and work in the background ends.
 * - `closed`: every request is answered 503.
 */
export type LifecycleState = "new" | "started" | "draining" | "closed";

/** Work in the background that begins with the engine, and ends with it. */
export interface LifecyclePart {
  /** What it is, for the warning that it did not end: `housekeeping`. */
  readonly name: string;
  start?(): void;
  /** Ends it, and writes what it still holds. */
  drain?(): Promise<void>;
}

/** So long after it was made, an engine that answers requests should have been started. */
const forgottenMs = 60_000;

/** How long clients may take to read the last texts of a stream that draining has ended, in milliseconds. */
const lastTextsMs = 250;

/**
 * The life of an engine: what goes on for long is known here, and ends here. Rooms have their waiters, streams and
 * writes in the background by it, and nothing else; so none outlives its client, or the engine.
 */
export class Lifecycle {
  readonly #drainMsMax: number;
  readonly #parts: LifecyclePart[] = [];
  readonly #madeMs = performance.now();
  readonly #writes = new BackgroundWrites();
  /** What ends each wait that is open. */
  readonly #waiters = new Set<() => void>();
  readonly #streams = new OpenStreams();
  #state: LifecycleState = "new";
  #requests = 0;
  #whenIdle: (() => void) | undefined;
  #drained: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  /** @param drainMsMax how long draining may take, in milliseconds, and how long running requests are waited for */
  constructor(drainMsMax: number) {
    this.#drainMsMax = drainMsMax;
  }

  get state(): LifecycleState {
    return this.#state;
  }

  /** Whether nothing that goes on for long may begin any more. */
  get isDraining(): boolean {
    return this.#state === "draining" || this.#state === "closed";
  }

  /** What goes on for long at this moment. */
  get open(): { readonly waiters: number; readonly streams: number; readonly writes: number } {
    return { waiters: this.#waiters.size, streams: this.#streams.count, writes: this.#writes.count };
  }

  /** Adds work in the background, which begins at once where the engine was started. */
  add(part: LifecyclePart): void {
    this.#parts.push(part);
    if (this.#state === "started") part.start?.();
  }

  /** @throws UsageError once it was drained or closed */
  start(): void {
    if (this.isDraining) throw new UsageError("start", afterTheEnd);
    if (this.#state === "started") return;
    this.#state = "started";
    for (const part of this.#parts) part.start?.();
  }

  /**
   * Ends what goes on for long: who waits gets an answer, streams end, or are broken off where their clients do not
   * read, and writes in the background are brought to an end. Resolves when that is done, or has taken too long; it
   * never rejects. Calling it again gives the same promise.
   */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  /** Drains, waits for the requests that run, and has all others answered 503. The same promise each time. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /**
   * Counts a request in, at this moment of `performance.now()`; `false` where it must not run any more. Each that was
   * counted in has to be counted out.
   */
  enter(nowMs: number): boolean {
    if (this.#state === "closed") return false;
    if (this.#state === "new" && nowMs - this.#madeMs > forgottenMs) this.#warnOfForgottenStart();
    this.#requests += 1;
    return true;
  }

  leave(): void {
    this.#requests -= 1;
    if (this.#requests === 0) this.#whenIdle?.();
  }

  /**
   * Waits for something that another request may bring about, until it is there, the time is over, the client is gone,
   * or the engine drains.
   *
   * @param begin begins to wait, and returns what ends that: it is called once, however the wait ended
   */
  wait<Value>(limits: WaitLimits, begin: Begin<Value>): Promise<WaitOutcome<Value>> {
    if (this.isDraining) return Promise.resolve({ kind: "draining" });
    return waitFor(limits, begin, this.#waiters);
  }

  /**
   * Has a stream end when the engine drains, or broken off shortly after that where its client does not read; one that
   * is opened later ends at once.
   */
  stream(plan: StreamPlan): StreamPlan {
    return this.isDraining ? endedStream(plan) : this.#streams.add(plan);
  }

  /**
   * Does a write that no client waits for, and has draining wait for it. What it rejects with is warned of.
   *
   * @param name what it writes, for the warning: `the record of a refusal`
   * @returns whether it was begun: no longer once the engine is closed
   */
  write(name: string, write: () => Promise<unknown>): boolean {
    if (this.#state === "closed") return false;
    this.#writes.begin(name, write);
    return true;
  }

  async #drain(): Promise<void> {
    this.#state = "draining";
    for (const end of [...this.#waiters]) end();
    for (const part of this.#parts) if (part.drain !== undefined) this.#writes.begin(part.name, () => part.drain?.());
    const [isDone] = await Promise.all([this.#within(this.#drainMsMax, this.#writes.ended()), this.#endStreams()]);
    if (!isDone) this.#warnOfLateness(`this had not ended: ${this.#writes.names.join(", ")}`);
  }

  /** Ends all streams; those whose clients do not read are broken off. */
  async #endStreams(): Promise<void> {
    const timeoutMs = Math.min(lastTextsMs, this.#drainMsMax / 2);
    this.#streams.end();
    if (await this.#within(timeoutMs, this.#streams.ended())) return;
    this.#streams.breakOff();
    await this.#within(timeoutMs, this.#streams.ended());
  }

  async #close(): Promise<void> {
    await this.drain();
    const idle = new Promise<void>((resolve) => {
      this.#whenIdle = resolve;
      if (this.#requests === 0) resolve();
    });
    const isDone = await this.#within(this.#drainMsMax, idle);
    this.#state = "closed";
    if (!isDone) this.#warnOfLateness(`requests were still running: ${this.#requests}`);
  }

  /** Whether something ends in so many milliseconds. */
  async #within(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), timeoutMs);
    });
    return Promise.race([work.then(() => true), late]).finally(() => clearTimeout(timer));
  }

  #warnOfLateness(what: string): void {
    warn("UNCLASH_DRAIN_TIMEOUT", `After ${this.#drainMsMax} ms (drainMsMax) of draining, ${what}.`);
  }

  #warnOfForgottenStart(): void {
    warnOnce(
      "UNCLASH_NOT_STARTED",
      this,
      "An engine has answered requests for a minute, and its start() was not called: nothing cleans up in its store " +
        "but what requests with an Idempotency-Key have done beside them, and it sends no webhooks. " +
        "Call unclash.start() where the server listens.",
    );
  }
}

const afterTheEnd =
  "was called after drain() or close(), which end an engine for good: make another one with createUnclash()";
