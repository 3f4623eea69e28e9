import type { Commit, Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { atScheduledTimes } from "./race.js";
import { createOrders, faultsOf, make, moves, send } from "./reference-race.js";

// As in the other races, the engine's pauses between two tries take no time.
vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));

const races = 1_000 * Number(process.env["SOAK"] ?? 1);

/** The rarest bug is met in some 80 races, so that no seed misses it. A test ends with the first race that meets it. */
const racesMax = 20_000;

/** As long as something was too rare, a quarter of the races is added, up to five times the races in all. */
const additionsMax = 16;

/** No machine, however busy, takes as long. */
const timeout = 240_000 * Number(process.env["SOAK"] ?? 1);

/** Races that went one way only would show nothing. */
const atLeast = [
  ...["delete product 204", "delete product 409", "order 200", "order 201", "order 422"],
  ...["turn order 200", "turn order 422", "delete order 204", "make product 201"],
];

type Planted = (store: Store) => Store;

interface RaceOptions {
  readonly planted?: Planted;
  /** Counts how often a move was answered how. */
  readonly counts?: Map<string, number>;
  /** What a race must have left wrong to fail. @default anything */
  readonly finds?: string;
}

/** Races over a memory store, each call of which is a scheduling point. */
async function runRaces(
  runs: number,
  { planted = (store) => store, counts = new Map(), finds = "" }: RaceOptions = {},
): Promise<void> {
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
    const faults = (await faultsOf(memory)).filter((fault) => fault.includes(finds));
    if (faults.length > 0) throw new Error(faults.join("\n"));
    await memory.close();
  });
  await fc.assert(property, {
    numRuns: runs,
    endOnFailure: runs === racesMax,
    reporter({ failed, errorInstance, seed, counterexamplePath }) {
      if (!failed) return;
      const wrong = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
      throw new Error(`${wrong}\nseed ${seed}, path ${counterexamplePath}`, { cause: errorInstance });
    },
  });
}

test("however deletions and references interleave, no reference leads to what is not there", { timeout }, async () => {
  const counts = new Map<string, number>();
  const isEnough = (what: string): boolean => (counts.get(what) ?? 0) > races / 50;
  await runRaces(races, { counts });
  for (let n = 0; n < additionsMax && !atLeast.every(isEnough); n++) await runRaces(races / 4, { counts });
  expect(atLeast.filter((what) => !isEnough(what))).toEqual([]);
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
])("it is found out that %s", { timeout }, async (_bug, planted) => {
  // Some leave records that are wrong as well, in other races.
  const finds = "which is not there";
  await expect(runRaces(racesMax, { planted, finds })).rejects.toThrow(finds);
});

function without(isLeftOut: (reading: Commit["reads"][number]) => boolean): Planted {
  return (store) => ({
    ...store,
    commit: (commit) => store.commit({ ...commit, reads: commit.reads.filter((reading) => !isLeftOut(reading)) }),
  });
}
