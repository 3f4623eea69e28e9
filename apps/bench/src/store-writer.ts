import { randomBytes } from "node:crypto";
import type { Commit, Store, Tag } from "@unclash/core";
import { editsOf } from "../article.js";

const textOf = editsOf("1 KB");
let edit = 0;

/** Writes one key again and again, each time over the state that it wrote before: as the engine commits a PUT. */
export class StoreWriter {
  readonly #store: Store;
  readonly #key: string;
  #tag: Tag | undefined;
  #version = 0;

  constructor(store: Store, key: string) {
    this.#store = store;
    this.#key = key;
  }

  /** Resolves once the write is on the disk. */
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
      writes: [{ key, expect, put: textOf(++edit), keep: "all", index: [] }],
      events: [{ type: "resource.changed", key, version: this.#version + 1 }],
      by: null,
      cause: "replace",
    };
  }
}

/** Keeps each of these writers at it until so many writes are done, and says how many a second that were. */
export async function writesPerSecond(writers: readonly StoreWriter[], writes: number): Promise<number> {
  let left = writes;
  const startedAt = performance.now();
  await Promise.all(
    writers.map(async (writer) => {
      while (left-- > 0) await writer.write();
    }),
  );
  return (writes * 1_000) / (performance.now() - startedAt);
}
