import { ConfigurationError, type Store } from "@unclash/core";
import { createMemoryStore } from "@unclash/memory";
import { createSqliteStore } from "@unclash/sqlite";
import type { StoreLocation } from "./environment.js";

/**
 * Opens the store that a sample was told to use.
 *
 * @throws ConfigurationError that names `UNCLASH_STORE` where its file is none that can be used
 * @throws StoreError where another process kept the file locked, or the disk failed
 */
export function openStore(location: StoreLocation): Store {
  switch (location.kind) {
    case "memory":
      return createMemoryStore();
    case "sqlite":
      return openFile(location.file);
  }
}

function openFile(file: string): Store {
  try {
    return createSqliteStore({ file });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError("UNCLASH_STORE", `names ${file}, which can't be used: ${error.message}`);
  }
}
