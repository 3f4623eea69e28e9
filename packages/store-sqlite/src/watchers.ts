import type { Commit, Key } from "@unclash/core";

type Wake = (keys: readonly Key[]) => void;

// Who is told of more keys than this hears that any may have been written.
const keysMax = 1_000;

/** Those who want to know of writes. They are told together of all that one turn of the event loop has written. */
export class Watchers {
  /** Each by an object of its own: the same function may watch twice. */
  readonly #wakes = new Set<{ readonly wake: Wake }>();
  #written = new Set<Key>();
  #isPlanned = false;
  #isAnyWritten = false;

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
    setImmediate(() => this.#wakeAll());
  }

  #wakeAll(): void {
    const keys = this.#isAnyWritten || this.#written.size > keysMax ? [] : [...this.#written];
    this.#written = new Set();
    this.#isAnyWritten = false;
    this.#isPlanned = false;
    for (const watcher of [...this.#wakes]) {
      // One that was woken before may have taken this one away.
      if (this.#wakes.has(watcher)) wakeSafely(watcher.wake, keys);
    }
  }
}

// What a watcher throws is its own affair: it becomes an uncaught exception, and no one else's failure.
function wakeSafely(wake: Wake, keys: readonly Key[]): void {
  try {
    wake(keys);
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
