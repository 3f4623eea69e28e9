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

/** Rounds are added until both sides were first in some: who is faster is the machine's to say. */
const roundsMax = 50 * rounds;
const suffix = randomBytes(6).toString("hex");

/**
 * Races until it is enough, and gives what the two orders and the deletion were answered in each round.
 *
 * @throws Error where a reference leads to nothing
 */
async function raceOn(
  open: () => Promise<Store>,
  isEnough: (statuses: readonly string[]) => boolean,
  begin = (): void => {},
): Promise<readonly string[]> {
  const [store, other] = [await open(), await open()];
  const [deleting, ordering] = [createOrders(store), createOrders(other)];
  const statuses: string[] = [];
  try {
    for (let round = 0; !isEnough(statuses); round++) {
      await send(deleting, "DELETE", "/orders/1");
      await send(deleting, "PUT", "/products/1", {});
      await send(deleting, "PUT", "/products/2", {});
      await send(deleting, "PUT", "/orders/2", { product: "2" });
      // In real time one side is always the faster one: each gets a head start in turn, of up to some milliseconds.
      const headStartMs = Math.random() * 6;
      const [deletesAfterMs, ordersAfterMs] = round % 2 === 0 ? [headStartMs, 0] : [0, headStartMs];
      const after = async (ms: number, engine: Unclash, move: Move) => pause(ms).then(() => make(engine, move));
      begin();
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
function withoutReadings(store: Store, meeting: Meeting): Store {
  return {
    ...store,
    async commit(commit) {
      await meeting.arrive();
      return store.commit({ ...commit, reads: [] });
    },
  };
}

/** Where all who race wait for one another: each has read before any of them commits, however fast each is. */
interface Meeting {
  /** From now on whoever arrives waits until all are there. */
  readonly begin: () => void;
  readonly arrive: () => Promise<void>;
}

function createMeeting(size: number): Meeting {
  let waiting: (() => void)[] | undefined;
  return {
    begin() {
      waiting = [];
    },
    arrive: () =>
      new Promise((resolve) => {
        if (waiting === undefined) return resolve();
        waiting.push(resolve);
        if (waiting.length < size) return;
        for (const goOn of waiting) goOn();
        waiting = undefined;
      }),
  };
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

describe.each(stores.filter(([, isThere]) => isThere))("on %s", { timeout: 240_000 }, (_store, _isThere, over) => {
  test("two processes that delete a resource and refer to it leave no reference to nothing", async () => {
    // The deletion is first in some rounds, and a reference in others.
    const hasBoth = (statuses: readonly string[]): boolean =>
      ["204", "409"].every((deletion) => statuses.some((told) => told.endsWith(deletion)));
    const statuses = await raceOn(
      over(nextName()),
      (all) => (all.length >= rounds && hasBoth(all)) || all.length >= roundsMax,
    );
    expect(statuses.filter((told) => !/^(20[01]|422),(200|422),(204|409)$/.test(told))).toEqual([]);
    expect(hasBoth(statuses), statuses.join(" ")).toBe(true);
  });

  test("it is found out that commits do not look at their readings", async () => {
    const open = over(nextName());
    const meeting = createMeeting(3);
    const racing = raceOn(
      async () => withoutReadings(await open(), meeting),
      ({ length }) => length === rounds,
      meeting.begin,
    );
    await expect(racing).rejects.toThrow(/which is not there.*in round 0,/s);
  });
});
