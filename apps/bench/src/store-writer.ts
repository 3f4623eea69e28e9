import { randomBytes } from "node:crypto";
import type { Commit, Retention, Store, Tag } from "@unclash/core/store";
import { editsOf } from "./article.js";

const textOf = editsOf("1 KB");
let edit = 0;

/** One that writes, and waits for each write before the next. */
export interface Writer {
  /** Resolves once the write is acknowledged. */
  write(): Promise<void>;
}

/** Writes one key again and again, each time over the state that it wrote before: as the engine commits a PUT. */
export class StoreWriter implements Writer {
  readonly #store: Store;
  readonly #key: string;
  #tag: Tag | undefined;
  readonly #keep: Retention;
  #version = 0;

  constructor(store: Store, key: string, keep: Retention = "all") {
    this.#store = store;
    this.#key = key;
    this.#keep = keep;
  }

  async write(): Promise<void> {
    const tag = randomBytes(12).toString("base64url");
    const result = await this.#store.commit(this.#commitOf(tag));
    if (result.kind !== "committed") throw new Error(`A write of ${this.#key} clashed, though nobody else writes it.`);
    this.#tag = tag;
    this.#version += 1;
  }

  #commitOf(tag: Tag): Commit {
    const key = this.#key;
    const expect = this.#tag === undefined ? "absent" : { tag: this.#tag };
    return {
      tag,
      at: Date.now(),
      reads: [],
      writes: [{ key, expect, put: textOf(++edit), keep: this.#keep, index: [] }],
      events: [{ type: "resource.changed", key, version: this.#version + 1 }],
      by: null,
      cause: "replace",
    };
  }
}

/** Keeps each of these writers at it until so many writes are done, and says how many a second that were. */
export async function writesPerSecond(writers: readonly Writer[], writes: number): Promise<number> {
  let left = writes;
  const startedAt = performance.now();
  await Promise.all(
    writers.map(async (writer) => {
      while (left-- > 0) await writer.write();
    }),
  );
  return (writes * 1_000) / (performance.now() - startedAt);
}

/** Keeps each of these writers at it for so long, and says how many writes were done, and in what time. */
export async function writeFor(
  writers: readonly Writer[],
  durationMs: number,
): Promise<{ readonly writes: number; readonly tookMs: number }> {
  let writes = 0;
  const startedAt = performance.now();
  await Promise.all(
    writers.map(async (writer) => {
      for (; performance.now() - startedAt < durationMs; writes++) await writer.write();
    }),
  );
  return { writes, tookMs: performance.now() - startedAt };
}
