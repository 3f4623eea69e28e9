import type { Commit, Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { atScheduledTimes } from "./race.js";
import { createOrders, faultsOf, make, moves, send } from "./reference-race.js";

// As in the other races, the engine's pauses between two tries take no time.
vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));

const races = 1_000 * Number(process.env["SOAK"] ?? 1);

type Planted = (store: Store) => Store;

/** Races over a memory store, each call of which is a scheduling point. Gives how often a move was answered how. */
async function runRaces(runs: number, planted: Planted = (store) => store): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const property = fc.asyncProperty(moves, fc.scheduler(), async (clients, scheduler) => {
    const memory = createMemoryStore();
    const engine = createOrders(planted(atScheduledTimes(memory, scheduler)));
    const begin = createOrders(memory);
    for (const id of ["1", "2"]) await send(begin, "PUT", `/products/${id}`, {});
    for (const id of ["1", "2"]) await send(begin, "PUT", `/orders/${id}`, { product: id });
    const play = async (client: (typeof clients)[number]) => {
      for (const move of client) {
        const { status } = await make(engine, move);
        counts.set(`${move.do} ${status}`, (counts.get(`${move.do} ${status}`) ?? 0) + 1);
      }
    };
    await scheduler.waitFor(Promise.all(clients.map(play)));
    const faults = await faultsOf(memory);
    if (faults.length > 0) throw new Error(faults.join("\n"));
    await memory.close();
  });
  await fc.assert(property, {
    numRuns: runs,
    endOnFailure: runs < races,
    reporter({ failed, errorInstance, seed, counterexamplePath }) {
      if (!failed) return;
      const wrong = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
      throw new Error(`${wrong}\nseed ${seed}, path ${counterexamplePath}`, { cause: errorInstance });
    },
  });
  return counts;
}

test("however deletions and references interleave, no reference leads to what is not there", async () => {
  const counts = await runRaces(races);
  // Races that went one way only would show nothing.
  for (const what of ["delete product 204", "delete product 409", "order 200", "order 201", "order 422"])
    expect(counts.get(what) ?? 0, what).toBeGreaterThan(races / 50);
  for (const what of ["turn order 200", "turn order 422", "delete order 204", "make product 201"])
    expect(counts.get(what) ?? 0, what).toBeGreaterThan(races / 50);
  expect([...counts.keys()].filter((what) => / 5\d\d$/.test(what))).toEqual([]);
});

test.each<[bug: string, planted: Planted]>([
  ["a deletion does not read what refers to the resource in its commit", without((reading) => "range" in reading)],
  ["a reference does not read what it leads to in its commit", without((reading) => "key" in reading)],
  [
    "the record of a reference is written behind the reference",
    (store) => ({
      ...store,
      async commit(commit) {
        const [first, ...records] = commit.writes;
        if (first === undefined || records.length === 0) return store.commit(commit);
        const result = await store.commit({ ...commit, writes: [first] });
        if (result.kind === "committed") await store.commit({ ...commit, reads: [], writes: records, events: [] });
        return result;
      },
    }),
  ],
])("it is found out that %s", async (_bug, planted) => {
  await expect(runRaces(races - 1, planted)).rejects.toThrow("which is not there");
});

function without(isLeftOut: (reading: Commit["reads"][number]) => boolean): Planted {
  return (store) => ({
    ...store,
    commit: (commit) => store.commit({ ...commit, reads: commit.reads.filter((reading) => !isLeftOut(reading)) }),
  });
}
