import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "@unclash/core/store";
import { createPostgresStore } from "@unclash/postgres";
import { createRedisStore } from "@unclash/redis";
import { createSqliteStore } from "@unclash/sqlite";
import { postgresUrl, quickFolder, redisUrl } from "@unclash/test-servers";
import { deleteKeys, dropSchemas } from "../leftovers.js";

/** Opens stores that share nothing with others, and removes what they leave. */
export interface Stores {
  readonly open: () => Promise<Store>;
  readonly remove: () => Promise<void>;
}

/** Each store in a file of its own. */
export function sqliteStores(): Stores {
  const folder = quickFolder("unclash-adapters-");
  let files = 0;
  return {
    open: async () => createSqliteStore({ file: join(folder, `${files++}.db`) }),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Each store in a schema of its own. */
export function postgresStores(): Stores {
  const url = postgresUrl ?? "";
  const schemas: string[] = [];
  return {
    async open() {
      const schema = `adapters_${randomBytes(6).toString("hex")}`;
      schemas.push(schema);
      return createPostgresStore({ url, schema, poolSize: 5 });
    },
    remove: () => dropSchemas(url, schemas),
  };
}

/** Each store under a name of its own. */
export function redisStores(): Stores {
  const url = redisUrl ?? "";
  const names: string[] = [];
  return {
    async open() {
      const name = `adapters_${randomBytes(6).toString("hex")}`;
      names.push(name);
      return createRedisStore({ url, name });
    },
    remove: () => deleteKeys(url, names),
  };
}
