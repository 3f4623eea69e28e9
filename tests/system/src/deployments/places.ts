import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Moment, Store } from "@unclash/core/store";
import { createPostgresStore } from "@unclash/postgres";
import { createRedisStore } from "@unclash/redis";
import { createSqliteStore } from "@unclash/sqlite";
import { postgresUrl, quickFolder, redisUrl } from "@unclash/test-servers";
import { deleteKeys, dropSchemas } from "../leftovers.js";
import { loadLastRelease } from "./last-release.js";

/** Somewhere for data, and the stores of both releases on them. */
export interface Place {
  readonly older: () => Promise<Store>;
  readonly newer: () => Promise<Store>;
  readonly remove: () => Promise<void>;
}

/** What both releases share; the clock is for stores that have none of their own. */
export interface PlaceKind {
  readonly kind: "sqlite" | "postgres" | "redis";
  readonly isThere: boolean;
  readonly make: (clock: () => Moment) => Promise<Place>;
}

export const placeKinds: readonly PlaceKind[] = [
  { kind: "sqlite", isThere: true, make: makeFile },
  { kind: "postgres", isThere: postgresUrl !== undefined, make: makeSchema },
  { kind: "redis", isThere: redisUrl !== undefined, make: makeKeys },
];

async function makeFile(clock: () => Moment): Promise<Place> {
  const { createSqliteStore: createOlder } = await loadLastRelease();
  const folder = quickFolder("unclash-deployment-");
  const options = { file: join(folder, "store.db"), clock, durability: "process" } as const;
  return {
    older: () => createOlder(options),
    newer: () => createSqliteStore(options),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function makeSchema(): Promise<Place> {
  const { createPostgresStore: createOlder } = await loadLastRelease();
  const url = postgresUrl ?? "";
  const schema = `deploy_${randomBytes(6).toString("hex")}`;
  return {
    older: () => createOlder({ url, schema }),
    newer: () => createPostgresStore({ url, schema }),
    remove: () => dropSchemas(url, [schema]),
  };
}

async function makeKeys(): Promise<Place> {
  const { createRedisStore: createOlder } = await loadLastRelease();
  const url = redisUrl ?? "";
  const name = `deploy-${randomBytes(6).toString("hex")}`;
  return {
    older: () => createOlder({ url, name }),
    newer: () => createRedisStore({ url, name }),
    remove: () => deleteKeys(url, [name]),
  };
}
