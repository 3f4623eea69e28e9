import { type Commit, type Key, parentOf } from "@unclash/core/store";
import { hashOf } from "./hash.js";

/**
 * The advisory locks of a commit. They stand in the database beside those of the app, whose numbers are usually small:
 * those of one argument are here from 2^52 to 2^53, and depend on the name of the schema.
 *
 * A commit locks each key that it writes, and each unique value that it claims, for itself; each key that it reads, and
 * the parent of each key that it writes, together with others; and the parent of each range that it reads for itself,
 * since what stands in it may not change meanwhile. So also what is not there yet is locked. All commits take their
 * locks in the order of the numbers, so that none waits for another in a circle.
 */
export class LockNumbers {
  readonly #seeds: readonly [key: number, parent: number, value: number];
  /** Taken first: together by all, by a commit of very many locks for itself, in place of all others. */
  readonly store: number;
  /** Held by a migration. */
  readonly migration: number;
  /** Held by a step of cleaning. */
  readonly cleaning: number;
  /** The first argument of the locks that tell of events on their way (see `sql/horizon.ts`). From 1 to 2^31 - 1. */
  readonly events: number;

  constructor(schema: string) {
    const seed = (purpose: string): number => hashOf(`${purpose} ${schema}`, 0) >>> 0;
    this.#seeds = [seed("key"), seed("parent"), seed("value")];
    this.store = numbered(seed("store"));
    this.migration = numbered(seed("migration"));
    this.cleaning = numbered(seed("cleaning"));
    this.events = ((seed("events") >>> 1) | 1) >>> 0;
  }

  key(key: Key): number {
    return numbered(hashOf(key, this.#seeds[0]));
  }

  /** That of all keys with this parent. */
  parent(prefix: string): number {
    return numbered(hashOf(prefix, this.#seeds[1]));
  }

  value(name: string, value: string): number {
    return numbered(hashOf(`${name}\u0000${value}`, this.#seeds[2]));
  }

  /**
   * What a commit has to lock, in the order in which to do it. Each number is even; one more means that it is to be
   * locked against all others.
   */
  of({ reads, writes }: Pick<Commit, "reads" | "writes">): readonly number[] {
    const numbers = new Set<number>();
    for (const reading of reads) {
      numbers.add("key" in reading ? this.key(reading.key) : this.parent(prefixOf(reading.range)) + 1);
    }
    for (const write of writes) {
      numbers.add(this.key(write.key) + 1);
      // A renewal changes neither who is in a range nor a tag.
      if (!("extendMs" in write)) numbers.add(this.parent(parentOf(write.key)));
      if ("put" in write) {
        for (const { name, value, unique } of write.index ?? []) {
          if (unique === true) numbers.add(this.value(name, value) + 1);
        }
      }
    }
    // Where a number is to be locked in both ways, the stronger one stands for both.
    const needed = [...numbers].filter((number) => number % 2 === 1 || !numbers.has(number + 1));
    if (needed.length > locksMax) return [this.store + 1];
    return [this.store, ...needed.sort((a, b) => a - b)];
  }
}

// All locks of a server share a table of some thousand places (`max_locks_per_transaction` × `max_connections`).
const locksMax = 200;

const smallest = 2 ** 52;

function numbered(hash: number): number {
  return smallest + (hash % 2 ** 51) * 2;
}

function prefixOf(range: object): string {
  return "prefix" in range && typeof range.prefix === "string" ? range.prefix : "";
}
