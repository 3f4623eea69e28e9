import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Store } from "@unclash/core/store";
import { createPostgresStore } from "@unclash/postgres";
import { createRedisStore } from "@unclash/redis";
import { createSqliteStore } from "@unclash/sqlite";
import { postgresUrl, quickFolder, redisUrl } from "@unclash/test-servers";
import type { Unclash } from "unclash";
import { afterAll, describe, expect, test } from "vitest";
import { deleteKeys, dropSchemas } from "../leftovers.js";
import { createOrders, faultsOf, type Move, make, send } from "./reference-race.js";

// What one process of an app is to another: an engine with a store of its own, over the same data. They share no
// memory that either of them looks at; all that they know of each other comes from the database.

const rounds = 40 * Number(process.env["SOAK"] ?? 1);
const suffix = randomBytes(6).toString("hex");

/** Races, and gives what the two orders and the deletion were answered in each round. */
async function raceOn(open: () => Promise<Store>, count: number): Promise<readonly string[]> {
  const [store, other] = [await open(), await open()];
  const [deleting, ordering] = [createOrders(store), createOrders(other)];
  const statuses: string[] = [];
  try {
    for (let round = 0; round < count; round++) {
      await send(deleting, "DELETE", "/orders/1");
      await send(deleting, "PUT", "/products/1", {});
      await send(deleting, "PUT", "/products/2", {});
      await send(deleting, "PUT", "/orders/2", { product: "2" });
      // In real time one side is always the faster one: each gets a head start in turn, of up to some milliseconds.
      const headStartMs = Math.random() * 6;
      const [deletesAfterMs, ordersAfterMs] = round % 2 === 0 ? [headStartMs, 0] : [0, headStartMs];
      const after = async (ms: number, engine: Unclash, move: Move) => pause(ms).then(() => make(engine, move));
      const answers = await Promise.all([
        after(ordersAfterMs, ordering, { do: "order", product: "1", order: "1" }),
        after(ordersAfterMs, ordering, { do: "turn order", product: "1", order: "2" }),
        after(deletesAfterMs, deleting, { do: "delete product", product: "1", order: "1" }),
      ]);
      const told = answers.map(({ status }) => status).join();
      const faults = await faultsOf(store);
      if (faults.length > 0) throw new Error(`${faults.join("\n")}\nin round ${round}, answered ${told}`);
      statuses.push(told);
    }
  } finally {
    await Promise.all([store.close(), other.close()]);
  }
  return statuses;
}

/** The bug that must not go unseen: what a commit has read is not looked at again. */
function withoutReadings(store: Store): Store {
  return { ...store, commit: (commit) => store.commit({ ...commit, reads: [] }) };
}

const folder = quickFolder("unclash-references-");
const url = { postgres: postgresUrl ?? "", redis: redisUrl ?? "" };
let opened = 0;
const names: string[] = [];
const nextName = (): string => {
  const name = `references_${suffix}_${++opened}`;
  names.push(name);
  return name;
};

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  if (postgresUrl !== undefined) await dropSchemas(postgresUrl, names);
  if (redisUrl !== undefined) await deleteKeys(redisUrl, names);
});

/** What opens stores over the same data. */
const stores: readonly (readonly [store: string, isThere: boolean, over: (name: string) => () => Promise<Store>])[] = [
  ["SQLite", true, (name) => async () => createSqliteStore({ file: join(folder, `${name}.db`) })],
  [
    "PostgreSQL",
    postgresUrl !== undefined,
    (schema) => () => createPostgresStore({ url: url.postgres, schema, poolSize: 5 }),
  ],
  ["Redis", redisUrl !== undefined, (name) => () => createRedisStore({ url: url.redis, name })],
];

describe.each(stores.filter(([, isThere]) => isThere))("on %s", (_store, _isThere, over) => {
  test("two processes that delete a resource and refer to it leave no reference to nothing", async () => {
    const statuses = await raceOn(over(nextName()), rounds);
    expect(statuses.filter((told) => !/^(20[01]|422),(200|422),(204|409)$/.test(told))).toEqual([]);
    // The deletion was first in some rounds, and a reference in others.
    expect(statuses.map((told) => told.slice(-3))).toEqual(expect.arrayContaining(["204", "409"]));
  });

  test("it is found out that commits do not look at their readings", async () => {
    const open = over(nextName());
    await expect(raceOn(async () => withoutReadings(await open()), 40 * rounds)).rejects.toThrow("which is not there");
  });
});
