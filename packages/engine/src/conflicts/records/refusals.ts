import type { Store } from "@unclash/core/store";
import { commitOnce, type LookUp } from "../../commits/commit-once.js";
import { commitOf } from "../../commits/commit-parts.js";
import { createTag } from "../../commits/commit-tag.js";
import type { Lifecycle } from "../../commits/lifecycle.js";
import { newConflictId } from "./conflict-keys.js";
import { findSlot, openPart } from "./conflict-writes.js";
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

/** So often a record is tried whose place another process has taken. */
const triesMax = 5;

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
    this.#lifecycle.write("the record of a refusal", () => this.#commit(pending));
  }

  async #commit({ id, record, count, resolveWithinMs }: Pending): Promise<void> {
    for (let tries = 0; tries < triesMax; tries += 1) {
      const slot = await findSlot(this.#store, record.resource);
      // All places are taken by conflicts that were parked: those must not go for this.
      if (slot === undefined) return;
      const part = openPart(id, { ...record, count }, slot, { resolveWithinMs });
      const header = { tag: createTag(), at: record.detectedAt, by: record.by, cause: "conflict" };
      const result = await commitOnce(this.#store, commitOf(header, [part]), this.#lookUp);
      if (result.kind === "committed") return;
    }
  }
}
