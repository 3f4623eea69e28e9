import type { Commit } from "./port.js";
import type { Key } from "./record.js";

/** What a store's `watch` is given. */
export type Wake = (keys: readonly Key[]) => void;

// Who is told of more keys than this hears that any may have been written.
const keysMax = 1_000;

/**
 * Those who watch a store in this process. They are told together of all that was written before `later` runs what it
 * was given. What one of them throws is its own affair: `later` throws it, where nobody can catch it, and no one else
 * fails.
 */
export class Watchers {
  /** Each by an object of its own: the same function may watch twice. */
  readonly #wakes = new Set<{ readonly wake: Wake }>();
  readonly #later: (run: () => void) => unknown;
  #written = new Set<Key>();
  #isPlanned = false;
  #isAnyWritten = false;

  /** @param later runs something soon, and not at once: `setImmediate` */
  constructor(later: (run: () => void) => unknown) {
    this.#later = later;
  }

  /** Whether nobody wants to know. */
  get isEmpty(): boolean {
    return this.#wakes.size === 0;
  }

  /** Adds one. The function that it returns takes it away again. */
  add(wake: Wake): () => void {
    const watcher = { wake };
    this.#wakes.add(watcher);
    return () => {
      this.#wakes.delete(watcher);
    };
  }

  /** Takes all away. */
  clear(): void {
    this.#wakes.clear();
  }

  /** Notes what a commit wrote, and wakes them soon: not before the commit's own caller could have gone on. */
  note({ writes }: Commit): void {
    if (this.isEmpty || writes.length === 0) return;
    for (const { key } of writes) this.#written.add(key);
    this.#plan();
  }

  /** Notes that another connection wrote something, nobody knows what. */
  noteAny(): void {
    if (this.isEmpty) return;
    this.#isAnyWritten = true;
    this.#plan();
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#later(() => this.#wakeForWritten());
  }

  /** Wakes all of them now. */
  wake(keys: readonly Key[]): void {
    for (const watcher of [...this.#wakes]) {
      // One that was woken before may have taken this one away.
      if (this.#wakes.has(watcher)) this.#wakeSafely(watcher.wake, keys);
    }
  }

  #wakeForWritten(): void {
    const keys = this.#isAnyWritten || this.#written.size > keysMax ? [] : [...this.#written];
    this.#written = new Set();
    this.#isAnyWritten = false;
    this.#isPlanned = false;
    this.wake(keys);
  }

  #wakeSafely(wake: Wake, keys: readonly Key[]): void {
    try {
      wake(keys);
    } catch (thrown) {
      this.#later(() => {
        throw thrown;
      });
    }
  }
}
