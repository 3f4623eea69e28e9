import type { JsonObject } from "@unclash/core/json";
import type { Store, StoredRecord } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import fc from "fast-check";
import { createUnclash } from "unclash";
import type { Handler } from "../races/client.js";
import { atScheduledTimes } from "../races/race.js";
import { api, articles } from "./articles.js";
import { faultsOf } from "./check.js";
import { Client, type Operation } from "./client.js";
import { type Plan, plans } from "./plans.js";

/** Applies a write in an older shape (`writeInShape` of the engine). */
export type Lens = (
  chain: { readonly newest: number; convert(fields: JsonObject, from: number, to: number): JsonObject },
  write: { readonly shape: number; readonly onto: JsonObject; readonly sent: JsonObject },
) => JsonObject;

/** What is put in the place of something real, to see whether it is found out. */
export interface Replaced {
  readonly lens?: Lens;
  /** What lies between the engine and its store. */
  readonly store?: (store: Store) => Store;
  /** What answers in the place of the engine. */
  readonly handler?: (engine: Handler) => Handler;
}

interface Outcome {
  readonly operations: readonly Operation[];
  /** All states of the article, the first one first. */
  readonly states: readonly StoredRecord[];
}

/** Runs a race. Each call of the store is a scheduling point on its way there and on its way back. */
async function race({ strategy, madeIn, clients }: Plan, scheduler: fc.Scheduler, replaced: Replaced) {
  let now = 1_800_000_000_000;
  const memory = createMemoryStore({ clock: () => now++ });
  const scheduled = atScheduledTimes(memory, scheduler);
  const engine = createUnclash<unknown>({
    store: replaced.store?.(scheduled) ?? scheduled,
    apiVersions: api,
    collections: { articles: { ...articles, conflicts: { ...articles.conflicts, strategy } } },
    identify: ({ headers }) => ({ name: String(headers["authorization"]) }),
  });
  const handler = replaced.handler?.(engine) ?? engine;
  const operations: Operation[] = [];
  const maker = new Client({ name: "maker", version: madeIn, way: "path" }, engine, operations);
  await scheduler.waitFor(maker.create());
  const all = clients.map(({ moves, version, way }, at) =>
    new Client({ name: `client ${at + 1}`, version, way }, handler, operations).play(moves),
  );
  await scheduler.waitFor(Promise.all(all));
  const { records } = await memory.history("articles/1", { limit: 1_000, texts: true });
  await memory.close();
  return { operations, states: records.toReversed() } satisfies Outcome;
}

/**
 * Runs races at random, and checks what came of each. Gives what happened how often.
 *
 * @throws Error that says what is wrong, and how to run that race again
 */
export async function runRaces(runs: number, replaced: Replaced = {}): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  const property = fc.asyncProperty(plans, fc.scheduler(), async (plan, scheduler) => {
    const { operations, states } = await race(plan, scheduler, replaced);
    const faults = faultsOf(operations, states);
    if (faults.length > 0) throw new Error(faults.join("\n"));
    for (const { version, method, status, settledBy } of operations) {
      const what = `${version} ${method} ${status}${settledBy === undefined ? "" : " settled"}`;
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
  });
  await fc.assert(property, { numRuns: runs, endOnFailure: true });
  return counts;
}
