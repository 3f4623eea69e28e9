import type { Pace } from "./pace.js";

/** Each listener is woken at most so often a second, all together: of many, each is woken less often. */
const wakesPerSecond = 2_000;
const gatherMsMax = 500;

/** So many are woken in a row; then whatever else the process has to do gets its turn. */
const chunk = 16;

/**
 * Who is woken when something has come. What comes after a pause wakes them at once; while more comes, it is gathered,
 * so that what many listeners do about it takes no more than a part of the process's time.
 */
export class Listeners {
  readonly #pace: Pick<Pace, "nowMs">;
  readonly #listeners = new Set<() => void>();
  /** Takes back what is to happen next. */
  #cancel: (() => void) | undefined;
  #wokenMs = Number.NEGATIVE_INFINITY;
  /** Those that are still to be woken this time. */
  #left: readonly (() => void)[] = [];
  /** Something has come since they began to be woken. */
  #isDue = false;

  constructor(pace: Pick<Pace, "nowMs">) {
    this.#pace = pace;
  }

  get count(): number {
    return this.#listeners.size;
  }

  /** Adds one; what it returns takes it out. */
  add(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Wakes all of them soon: never before this returns. */
  wakeSoon(): void {
    if (this.#listeners.size === 0) return;
    if (this.#cancel !== undefined) {
      this.#isDue = true;
      return;
    }
    const gapMs = Math.min((this.#listeners.size * 1_000) / wakesPerSecond, gatherMsMax);
    const waitMs = this.#wokenMs + gapMs - this.#pace.nowMs();
    const begin = (): void => {
      this.#wokenMs = this.#pace.nowMs();
      this.#isDue = false;
      this.#left = [...this.#listeners];
      this.#wakeNext();
    };
    if (waitMs < 1) this.#next(begin);
    else {
      const timer = setTimeout(begin, waitMs);
      this.#cancel = () => clearTimeout(timer);
    }
  }

  /** Wakes none of those that are still to be woken. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#left = [];
    this.#isDue = false;
  }

  #wakeNext(): void {
    const now = this.#left.slice(0, chunk);
    this.#left = this.#left.slice(chunk);
    this.#cancel = undefined;
    if (this.#left.length > 0) this.#next(() => this.#wakeNext());
    for (const listener of now) if (this.#listeners.has(listener)) listener();
    if (this.#cancel === undefined && this.#isDue) this.wakeSoon();
  }

  #next(step: () => void): void {
    const immediate = setImmediate(step);
    this.#cancel = () => clearImmediate(immediate);
  }
}
