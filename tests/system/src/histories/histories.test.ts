import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { createPostgresStore } from "@unclash/postgres";
import { createRedisStore } from "@unclash/redis";
import { createSqliteStore } from "@unclash/sqlite";
import { postgresUrl, quickFolder, redisUrl } from "@unclash/test-servers";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { isSoak } from "../black-box/soak.js";
import { deleteKeys, dropSchemas } from "../leftovers.js";
import { faultsOf } from "./check.js";
import { plantedStores } from "./planted-stores.js";
import { openWriter, steps, write } from "./writer.js";

const folder = quickFolder("unclash-histories-");
const name = `histories_${randomBytes(6).toString("hex")}`;

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  if (postgresUrl !== undefined) await dropSchemas(postgresUrl, [name]);
  if (redisUrl !== undefined) await deleteKeys(redisUrl, [name]);
});

const stores: readonly (readonly [store: string, isThere: boolean, runs: number, open: () => Promise<Store>])[] = [
  ["memory", true, 60, async () => createMemoryStore()],
  ["SQLite", true, 20, async () => createSqliteStore({ file: join(folder, "store.db"), durability: "process" })],
  [
    "PostgreSQL",
    postgresUrl !== undefined,
    8,
    () => createPostgresStore({ url: postgresUrl ?? "", schema: name, poolSize: 2 }),
  ],
  ["Redis", redisUrl !== undefined, 12, () => createRedisStore({ url: redisUrl ?? "", name })],
];

/** Random writes and releases on one resource after another, each history read in every way by the last release. */
async function holdHistories(store: Store, runs: number): Promise<void> {
  let resources = 0;
  const apiVersions = new Set<number | undefined>();
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (taken, isStamped) => {
      const clock = { now: Date.UTC(2030, 0, 1) };
      const writer = openWriter(store, `r${++resources}`, clock, isStamped);
      const written = await write(writer, taken, clock);
      fc.pre(written.length > 0);
      for (const { api } of written) apiVersions.add(api);
      const faults = await faultsOf(writer, written);
      if (faults.length > 0) throw new Error(faults.join("\n"));
    }),
    { numRuns: runs, endOnFailure: true },
  );
  // States of one shape alone would show nothing of the others.
  expect([...apiVersions]).toEqual(expect.arrayContaining([undefined, 1, 2, 3]));
}

describe.each(stores.filter(([, isThere]) => isThere))(
  "on %s",
  { timeout: 240_000 },
  (_store, _isThere, runs, open) => {
    test("each state is read back as it was served, by version and time, and differences lead on", async () => {
      const store = await open();
      await holdHistories(store, isSoak ? runs * 20 : runs).finally(() => store.close());
    });
  },
);

test.each(plantedStores)("it is found out that a store $does", async ({ plant, foundBy }) => {
  const found: unknown = await holdHistories(plant(createMemoryStore()), 300).catch((thrown: unknown) => thrown);
  expect(found).toBeInstanceOf(Error);
  expect(String(found instanceof Error ? found.cause : found)).toMatch(foundBy);
});
