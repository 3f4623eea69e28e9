import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import type { Store } from "@unclash/core/store";
import { createSqliteStore } from "@unclash/sqlite";

/** A store in a file, through the driver that is measured beside it. */
export interface OpenStore {
  readonly store: Store;
  close(): Promise<void>;
}

export async function openStore(file: string): Promise<OpenStore> {
  const database = new DatabaseSync(file);
  const store = await createSqliteStore({ database });
  return {
    store,
    async close() {
      await store.close();
      database.close();
    },
  };
}

/** Hands out a new folder on the disk of the working directory (a temporary one is often in memory), and removes it. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync("data", { recursive: true });
  const folder = resolve(mkdtempSync(join("data", "bench-")));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
