import { join } from "node:path";
import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { createPostgresStore } from "@unclash/postgres";
import { createRedisStore } from "@unclash/redis";
import { createSqliteStore } from "@unclash/sqlite";
import { startPostgres, startRedis } from "@unclash/test-servers";
import type { StoreName } from "../stores/store-name.js";

/** Two stores on one engine: one stays small, the other grows. What the machine does besides hits both. */
export interface Pair {
  readonly small: Store;
  readonly large: Store;
  readonly close: () => Promise<void>;
}

/** Opens both. PostgreSQL and Redis are private servers, which end with `close`. */
export async function openPair(name: StoreName, folder: string): Promise<Pair> {
  switch (name) {
    case "memory":
      return pairOf(createMemoryStore(), createMemoryStore());
    case "sqlite":
      return pairOf(
        await createSqliteStore({ file: join(folder, "small.db") }),
        await createSqliteStore({ file: join(folder, "large.db") }),
      );
    case "postgres": {
      const server = await startPostgres();
      const open = (schema: string): Promise<Store> => createPostgresStore({ url: server.url, schema });
      return pairOf(await open("small"), await open("large"), server.remove);
    }
    case "redis": {
      const server = await startRedis();
      const open = (keysOf: string): Promise<Store> => createRedisStore({ url: server.url, name: keysOf });
      return pairOf(await open("small"), await open("large"), server.remove);
    }
  }
}

function pairOf(small: Store, large: Store, end: () => Promise<void> = async () => {}): Pair {
  return {
    small,
    large,
    async close() {
      await Promise.all([small.close(), large.close()]);
      await end();
    },
  };
}
