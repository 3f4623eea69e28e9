import { ConfigurationError, StoreError, UnclashError } from "@unclash/core";
import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { createPostgresStore } from "@unclash/postgres";
import { createRedisStore } from "@unclash/redis";
import { createSqliteStore } from "@unclash/sqlite";
import type { StoreLocation } from "./environment.js";
import { EnvironmentError } from "./environment-error.js";

/**
 * Opens the store that a sample was told to use: an app that runs on any of them, by one variable of its environment.
 *
 * @throws EnvironmentError that names `UNCLASH_STORE` where what it names can't be used
 * @throws StoreError where another process kept the file locked, the disk failed, or the server did not answer
 */
export async function openStore(location: StoreLocation): Promise<Store> {
  try {
    return await open(location);
  } catch (error) {
    if (!(error instanceof UnclashError)) throw error;
    // A URL may hold a password.
    const place = location.kind === "sqlite" ? location.file : `a ${location.kind} server`;
    const problem = `names ${place}, which can't be used: ${error.message}`;
    if (error instanceof ConfigurationError) throw new EnvironmentError("UNCLASH_STORE", problem);
    throw new StoreError(`UNCLASH_STORE ${problem}`, "not-applied", { cause: error });
  }
}

async function open(location: StoreLocation): Promise<Store> {
  switch (location.kind) {
    case "memory":
      return createMemoryStore();
    case "sqlite":
      return createSqliteStore({ file: location.file });
    case "postgres": {
      const { url, schema } = location;
      return createPostgresStore({ url, ...(schema !== undefined && { schema }) });
    }
    case "redis": {
      const { url, name } = location;
      return createRedisStore({ url, ...(name !== undefined && { name }) });
    }
  }
}
