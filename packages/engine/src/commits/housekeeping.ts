import type { Moment, Store } from "@unclash/core/store";
import { callObserver, isObserved, type Observer, publish } from "../observing/observer.js";
import { Housekeeper } from "./housekeeper.js";
import type { HousekeepingDecision } from "./housekeeping-report.js";
import type { LapsedKind } from "./lapsed-kinds.js";
import { Maintenance } from "./maintenance.js";
import { type Pace, processPace } from "./pace.js";

/** Without a housekeeper a round is done at most this often where the last one left little. */
const roundMs = 60_000;

/** And after so many requests where it left more: fewer come than are dealt with. */
const roundRequests = 100;
const roundBatchMax = 200;

/** The housekeeping of one store in this process, whoever asks for it. */
export class Housekeeping {
  readonly #store: Store;
  readonly #maintenance: Maintenance;
  readonly #pace: Pace;
  #housekeeper: Housekeeper | undefined;
  /** Who wants it to run, each with the observer that it has. */
  readonly #users = new Set<{ readonly observer: Observer<HousekeepingDecision> | undefined }>();
  #doneAt: Moment | undefined;
  #isDoing = false;
  #isMore = false;
  #requests = 0;

  constructor(store: Store, pace: Pace = processPace) {
    this.#store = store;
    this.#maintenance = new Maintenance(store);
    this.#pace = pace;
  }

  /** Has lapsed records of a kind dealt with; one that is known already stays as it is. */
  register(kind: LapsedKind): void {
    this.#maintenance.register(kind);
  }

  /** Whether a housekeeper runs in this process, in charge or standing by. */
  get isStarted(): boolean {
    return this.#housekeeper !== undefined;
  }

  /** Whether this process is the housekeeper of the store, as far as it knows. */
  get isLeading(): boolean {
    return this.#housekeeper?.isLeading ?? false;
  }

  /**
   * Starts a housekeeper, unless one runs.
   *
   * @param observer is called with its decisions
   * @returns stops it, unless another one has started it too; settles once it has stopped, and never rejects
   */
  start(observer?: Observer<HousekeepingDecision>): () => Promise<void> {
    const user = { observer };
    this.#users.add(user);
    if (this.#housekeeper === undefined) {
      this.#housekeeper = new Housekeeper(this.#store, this.#maintenance, this.#pace, (make) => this.#publish(make));
      this.#housekeeper.start();
    }
    return async () => {
      this.#users.delete(user);
      if (this.#users.size > 0) return;
      const housekeeper = this.#housekeeper;
      this.#housekeeper = undefined;
      await housekeeper?.stop();
    };
  }

  /** Once on the channel of the process, and once to each observer. */
  #publish(makeDecision: () => HousekeepingDecision): void {
    const observers = new Set([...this.#users].flatMap(({ observer }) => observer ?? []));
    if (observers.size === 0 && !isObserved(undefined)) return;
    const decision = makeDecision();
    publish(undefined, decision);
    for (const observer of observers) callObserver("observe", observer, decision);
  }

  /**
   * Counts a request that leaves records which lapse, at this moment of the store's. Where no housekeeper runs in
   * this process, a round is done now and then, in the background: nothing piles up for want of one. It returns at
   * once, and never throws.
   */
  due(now: Moment): void {
    this.#requests += 1;
    if (this.#housekeeper !== undefined || this.#isDoing || !this.#isDue(now)) return;
    this.#isDoing = true;
    this.#doneAt = now;
    this.#requests = 0;
    void this.#doRound();
  }

  #isDue(now: Moment): boolean {
    // A clock that stepped back must not keep anything from happening until it is where it was.
    const isPaused = this.#doneAt !== undefined && now >= this.#doneAt && now < this.#doneAt + roundMs;
    return !isPaused || (this.#isMore && this.#requests >= roundRequests);
  }

  /** What fails is found again by a later round. What the store is missing, requests are told by themselves. */
  async #doRound(): Promise<void> {
    if (!this.#isMore) this.#maintenance.restartFinished();
    let isMore = false;
    for await (const step of this.#maintenance.round(this.#pace.nowMs(), () => roundBatchMax)) {
      if (step.kind !== "failed" && step.step.more) isMore = true;
    }
    this.#isMore = isMore;
    this.#isDoing = false;
  }
}

const housekeepings = new WeakMap<Store, Housekeeping>();

/** The one housekeeping of a store in this process, however many ask for it. */
export function housekeepingOf(store: Store): Housekeeping {
  const housekeeping = housekeepings.get(store) ?? new Housekeeping(store);
  housekeepings.set(store, housekeeping);
  return housekeeping;
}
