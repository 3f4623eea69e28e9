import { type CleaningStep, eventAgeMs, type Moment, type Tag } from "@unclash/core/store";
import { type Command, type Query, query, type SqliteDatabase } from "./driver.js";
import type { Head } from "./head.js";
import { removableOf } from "./retention.js";
import type { Transactions } from "./transaction.js";

// A step looks at the time between two handfuls of rows: it holds the write lock, and the event loop, while it runs.
// All the pages of a long text have to be found for it to go, so that a handful has some bytes at most, too.
const handful = 100;
const handfulBytes = 1_048_576;
const forgottenHandful = 8;
// What is left of some 10 ms is for the last handful and the COMMIT.
const stepMaxMs = 5;

interface PastState {
  readonly version: number;
  readonly modifiedAt: Moment;
  /** The bytes of its text; `null` for a tombstone. */
  readonly size: number | null;
}

type DueHead = Pick<Head, "id" | "version" | "modifiedAt" | "keepCount" | "keepAgeMs">;

/** One step of cleaning: at most `budget` rows, and about 10 ms. Where there is nothing to do it takes no lock. */
export function clean(
  budget: number,
  { transactions, cleaning }: { readonly transactions: Transactions; readonly cleaning: Cleaning },
  now: Moment,
): CleaningStep {
  if (!cleaning.isDue(now)) return { removed: 0, more: false };
  return transactions.writing(() => ({ removed: cleaning.step(budget, now), more: cleaning.isDue(now) }));
}

/**
 * Removes what nobody asks for any more: old events, past states beyond their retention, and the log of forgotten keys.
 * Each is found by an index, so that a step costs what it removes, and the next one goes on where it ended.
 */
export class Cleaning {
  readonly #isDue: Query<{ readonly due: 0 | 1 }>;
  readonly #events: Query<{ readonly position: number; readonly at: Moment; readonly tag: Tag }>;
  readonly #removeEvents: Command;
  readonly #noteEvents: Command;
  readonly #dueHead: Query<DueHead>;
  readonly #pastCount: Query<{ readonly count: number }>;
  readonly #past: Query<PastState>;
  readonly #removePast: Command;
  readonly #lookAgain: Command;
  readonly #forgotten: Query<{ readonly id: number }>;
  readonly #removeForgotten: Command;
  readonly #settle: Command;

  constructor(database: SqliteDatabase) {
    this.#isDue = query(
      database,
      `SELECT coalesce((SELECT at < ? FROM event ORDER BY position LIMIT 1), 0)
        OR EXISTS (SELECT 1 FROM head WHERE cleanAt <= ?)
        OR EXISTS (SELECT 1 FROM forgotten) AS due`,
    );
    this.#events = query(database, "SELECT position, at, tag FROM event ORDER BY position LIMIT ?");
    this.#removeEvents = database.prepare("DELETE FROM event WHERE position <= ?");
    this.#noteEvents = database.prepare("UPDATE counter SET eventsRemoved = ?, eventsRemovedTag = ? WHERE id = 1");
    this.#dueHead = query(
      database,
      `SELECT id, version, modifiedAt, keepCount, keepAgeMs FROM head WHERE cleanAt <= ? ORDER BY cleanAt LIMIT 1`,
    );
    // Counts no further than it matters: of a million states, nobody wants to count all for each handful.
    this.#pastCount = query(
      database,
      "SELECT count(*) AS count FROM (SELECT 1 FROM log WHERE id = ? AND version < ? LIMIT ?)",
    );
    this.#past = query(
      database,
      "SELECT version, modifiedAt, octet_length(text) AS size FROM log WHERE id = ? AND version < ? ORDER " +
        "BY version LIMIT ?",
    );
    this.#removePast = database.prepare("DELETE FROM log WHERE id = ? AND version < ?");
    this.#lookAgain = database.prepare("UPDATE head SET cleanAt = ? WHERE id = ?");
    this.#forgotten = query(database, "SELECT id FROM forgotten LIMIT 1");
    this.#removeForgotten = database.prepare(
      "DELETE FROM log WHERE position IN (SELECT position FROM log WHERE id = ? LIMIT ?)",
    );
    this.#settle = database.prepare("DELETE FROM forgotten WHERE id = ?");
  }

  /** Whether there is anything to remove. Needs no lock. */
  isDue(now: Moment): boolean {
    return this.#isDue.get(now - eventAgeMs, now)?.due === 1;
  }

  /** Removes at most `budget` rows, and says how many it did. Call it in a write transaction. */
  step(budget: number, now: Moment): number {
    const endsAt = performance.now() + stepMaxMs;
    let removed = 0;
    while (removed < budget && performance.now() < endsAt && this.isDue(now)) {
      const count = Math.min(budget - removed, handful);
      removed += this.#dropEvents(count, now) || this.#dropPast(count, now) || this.#dropForgotten(count);
    }
    return removed;
  }

  #dropEvents(count: number, now: Moment): number {
    const events = this.#events.all(count);
    const young = events.findIndex(({ at }) => at >= now - eventAgeMs);
    const old = young === -1 ? events : events.slice(0, young);
    const last = old.at(-1);
    if (last === undefined) return 0;
    this.#removeEvents.run(last.position);
    this.#noteEvents.run(last.position, last.tag);
    return old.length;
  }

  #dropPast(count: number, now: Moment): number {
    const head = this.#dueHead.get(now);
    if (head === undefined) return 0;
    const enough = (head.keepCount ?? 0) + count + 1;
    const pastCount = this.#pastCount.get(head.id, head.version, enough)?.count ?? 0;
    // One more than may be removed: a state was current until the next one was written.
    const past = this.#past.all(head.id, head.version, count + 1);
    const states = [...past, head];
    const countMax = Math.min(count, pastCount, fitting(past));
    const { removable, cleanAt } = removableOf(head, states, pastCount, countMax, now);
    const first = states[removable];
    if (removable > 0 && first !== undefined) this.#removePast.run(head.id, first.version);
    this.#lookAgain.run(cleanAt, head.id);
    return removable;
  }

  #dropForgotten(countMax: number): number {
    const forgotten = this.#forgotten.get();
    if (forgotten === undefined) return 0;
    const count = Math.min(countMax, forgottenHandful);
    const removed = Number(this.#removeForgotten.run(forgotten.id, count).changes);
    if (removed < count) this.#settle.run(forgotten.id);
    return removed;
  }
}

// How many of these states make a handful, by their bytes: one at least.
function fitting(states: readonly PastState[]): number {
  let bytes = 0;
  const last = states.findIndex(({ size }) => {
    bytes += size ?? 0;
    return bytes >= handfulBytes;
  });
  return last === -1 ? states.length : last + 1;
}
