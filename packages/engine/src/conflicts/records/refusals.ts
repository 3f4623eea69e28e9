import type { Store } from "@unclash/core/store";
import type { LookUp } from "../../commits/commit-once.js";
import type { Lifecycle } from "../../commits/lifecycle.js";
import { newConflictId } from "./conflict-keys.js";
import { openConflict } from "./open-conflict.js";
import { type ConflictRecord, conflictText } from "./record.js";

/** A refusal that is to be recorded. */
export interface RefusedWrite {
  readonly record: ConflictRecord;
  /** How long its record stays open, in milliseconds. */
  readonly resolveWithinMs: number;
}

/** Refusals of one resource and actor that will have one record. */
interface Pending extends RefusedWrite {
  readonly id: string;
  readonly bytes: number;
  count: number;
  readonly timer: NodeJS.Timeout;
}

/** So long refusals are counted in one record, in milliseconds. */
const windowMs = 1_000;

/** What waits to be written at once, in records and in bytes: what is more is not recorded. */
const pendingMax = 1_000;
const pendingBytesMax = 16_777_216;

/** The refusals of an engine, on their way into the store: in the background, one record a second for each writer. */
export class RecordedRefusals {
  readonly #store: Store;
  readonly #lifecycle: Lifecycle;
  readonly #lookUp: LookUp;
  readonly #pending = new Map<string, Pending>();
  #bytes = 0;

  constructor(store: Store, lifecycle: Lifecycle, lookUp: LookUp) {
    this.#store = store;
    this.#lifecycle = lifecycle;
    this.#lookUp = lookUp;
    lifecycle.add({
      name: "recording refusals",
      drain: async () => {
        for (const key of [...this.#pending.keys()]) this.#write(key);
      },
    });
  }

  /**
   * Counts a refusal.
   *
   * @param make makes its record, where it is the first one of its second
   * @returns the id of the record that it is counted in; nothing where none will be written
   */
  add({ resource, by }: Pick<ConflictRecord, "resource" | "by">, make: () => RefusedWrite): string | undefined {
    const key = JSON.stringify([resource, by]);
    const known = this.#pending.get(key);
    if (known !== undefined) {
      known.count += 1;
      return known.id;
    }
    if (this.#lifecycle.isDraining || this.#pending.size >= pendingMax) return undefined;
    const refusedWrite = make();
    const bytes = conflictText(refusedWrite.record).length;
    if (this.#bytes + bytes > pendingBytesMax) return undefined;
    const timer = setTimeout(() => this.#write(key), windowMs).unref();
    const id = newConflictId();
    this.#pending.set(key, { ...refusedWrite, id, bytes, count: 1, timer });
    this.#bytes += bytes;
    return id;
  }

  #write(key: string): void {
    const pending = this.#pending.get(key);
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    this.#pending.delete(key);
    this.#bytes -= pending.bytes;
    const { record, count } = pending;
    const refusal = { ...pending, record: { ...record, count } };
    this.#lifecycle.write("the record of a refusal", () => openConflict(this.#store, this.#lookUp, refusal));
  }
}
