import { randomBytes } from "node:crypto";
import {
  type Commit,
  type Cursor,
  eventAgeMs,
  formatCursor,
  type Moment,
  type Revision,
  type StoredEvent,
} from "@unclash/core/store";

// One array of a million events would have to be moved whole when the oldest go.
const chunkLength = 512;

/** A place in the log: the position of the event that stands there, or stood there, and its cursor. */
export interface Place {
  readonly position: number;
  readonly cursor: Cursor;
}

/** What happened, in order. The events count from 1; their place in that is their position. */
export class EventLog {
  /** Events in a row. Those of the first chunk that were dropped already stay until all of it can go. */
  readonly #chunks: StoredEvent[][] = [];
  /** The position of the first event of the first chunk. */
  #from = 1;
  #last = 0;
  /** The newest event that was dropped. Before the first one this is a place that no other store's log has. */
  #dropped: Place = {
    position: 0,
    cursor: formatCursor({ position: 0, index: 0, tag: randomBytes(12).toString("base64url") }),
  };

  /** The place before the oldest event that is kept. */
  get start(): Place {
    return this.#dropped;
  }

  /** The place behind the newest event. */
  get end(): Place {
    const newest = this.#at(this.#last);
    return newest === undefined ? this.#dropped : { position: this.#last, cursor: newest.cursor };
  }

  /** Adds the events of one commit. */
  add({ events, tag, at }: Commit, revision: Revision): void {
    for (const event of events) {
      const position = ++this.#last;
      const stored = { ...event, cursor: formatCursor({ position, index: 0, tag }), revision, tag, at };
      const chunk = this.#chunks.at(-1);
      if (chunk === undefined || chunk.length === chunkLength) this.#chunks.push([stored]);
      else chunk.push(stored);
    }
  }

  /** The event after a position, where there is one by now. */
  after(position: number): StoredEvent | undefined {
    return this.#at(position + 1);
  }

  /** Whether this is a place of this log, and all that came after it is still there. */
  reachesBackTo({ position, cursor }: Place): boolean {
    if (position === this.#dropped.position) return cursor === this.#dropped.cursor;
    return position > this.#dropped.position && this.#at(position)?.cursor === cursor;
  }

  /** Drops the oldest events that are past their age, at most `budget`, and says how many. */
  drop(budget: number, now: Moment): number {
    const before = this.#dropped.position;
    for (let oldest = this.#oldest(); this.#dropped.position - before < budget; oldest = this.#oldest()) {
      if (oldest === undefined || !isOld(oldest, now)) break;
      this.#dropped = { position: this.#dropped.position + 1, cursor: oldest.cursor };
      this.#dropChunk();
    }
    return this.#dropped.position - before;
  }

  /** Whether there is an event to drop. */
  hasOld(now: Moment): boolean {
    const oldest = this.#oldest();
    return oldest !== undefined && isOld(oldest, now);
  }

  #oldest(): StoredEvent | undefined {
    return this.#at(this.#dropped.position + 1);
  }

  #at(position: number): StoredEvent | undefined {
    if (position <= this.#dropped.position) return undefined;
    const offset = position - this.#from;
    return this.#chunks[Math.floor(offset / chunkLength)]?.[offset % chunkLength];
  }

  #dropChunk(): void {
    if (this.#dropped.position < this.#from + chunkLength - 1) return;
    this.#chunks.shift();
    this.#from += chunkLength;
  }
}

function isOld(event: StoredEvent, now: Moment): boolean {
  return event.at + eventAgeMs < now;
}
