import type { Key, Store } from "@unclash/core/store";

/** How long a writer waits for its turn. */
export interface Patience {
  /** When its time is up, by `performance.now()`. */
  readonly endsAt: number;
  /** So many may wait for one resource; whoever comes when they do, does not wait. */
  readonly waitingMax: number;
  /** Fires once its client is gone. */
  readonly signal?: AbortSignal | undefined;
  /** The content that it holds while it waits. */
  readonly content?: HeldContent | undefined;
}

/** The content of a writer, where what all of them hold is bounded. */
export interface HeldContent {
  /** Its writer is about to wait; tells whether it may, with so much content. */
  beginWait(): boolean;
  endWait(): void;
}

/** How the wait of a writer has ended. */
export type Waited =
  /** It is its turn, until it calls `end`: once or more often. */
  | { readonly kind: "turn"; readonly end: () => void }
  /** Its time was up before its turn came. */
  | { readonly kind: "late" }
  /** Its client is gone. */
  | { readonly kind: "gone" }
  /** As many as may wait do so already, or they hold as much content as they may. */
  | { readonly kind: "full" };

/** The writers of one resource: one has its turn, the others wait in the order in which they came. */
interface Line {
  readonly waiting: Set<(waited: Waited) => void>;
}

/**
 * A turn of more than this keeps nobody waiting any more, in milliseconds: the store is slow, a callback of the app's
 * hangs, or it waits itself for another write of the same resource. Two that try at once are still safe.
 */
const turnMsMax = 1_000;

/**
 * The writers of a process that have lost a race, in a line for each resource: one of them tries at a time, first come
 * first served. So of n writers at once one commit each is enough, where n that try again at once would make n² of
 * them. A resource that nobody has lost a race for has no line, and those of different resources do not meet.
 */
export class WriterLines {
  readonly #lines = new Map<Key, Line>();

  /** Whether writers of this resource are waiting, or one of them has its turn. */
  isOpen(key: Key): boolean {
    return this.#lines.size > 0 && this.#lines.has(key);
  }

  /** Waits for the turn of one more writer of a resource. */
  join(key: Key, { endsAt, waitingMax, signal, content }: Patience): Waited | Promise<Waited> {
    if (signal?.aborted === true) return { kind: "gone" };
    const line = this.#lines.get(key);
    if (line === undefined) {
      const opened: Line = { waiting: new Set() };
      this.#lines.set(key, opened);
      return this.#turn(key, opened);
    }
    if (line.waiting.size >= waitingMax || content?.beginWait() === false) return { kind: "full" };
    return new Promise((resolve) => {
      const leave = (waited: Waited): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onGone);
        line.waiting.delete(leave);
        content?.endWait();
        resolve(waited);
      };
      const onGone = (): void => leave({ kind: "gone" });
      const timer = setTimeout(leave, Math.max(endsAt - performance.now(), 0), { kind: "late" });
      signal?.addEventListener("abort", onGone);
      line.waiting.add(leave);
    });
  }

  #turn(key: Key, line: Line): Waited {
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      const [next] = line.waiting;
      if (next === undefined) this.#lines.delete(key);
      else next(this.#turn(key, line));
    };
    const timer = setTimeout(end, turnMsMax).unref();
    return { kind: "turn", end };
  }
}

/**
 * The lines of all guards of a process: the handlers of one resource are usually behind several. Two resources of one
 * name in two databases wait for each other, which does no harm.
 */
export const guardLines: WriterLines = new WriterLines();

const linesOfStores = new WeakMap<Store, WriterLines>();

/** The lines of a store in this process, however many engines write to it. */
export function writerLinesOf(store: Store): WriterLines {
  const lines = linesOfStores.get(store) ?? new WriterLines();
  linesOfStores.set(store, lines);
  return lines;
}
