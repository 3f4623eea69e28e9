import type { Key, NewEvent, Store, StoredRecord } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import type fc from "fast-check";
import { createUnclash, type RequestDecision } from "unclash";
import { z } from "zod";
import { Client, type Handler } from "./client.js";
import type { Aftermath, Operation, Settle } from "./history.js";
import type { Plan } from "./plans.js";

/** What is put in the place of something real, to see whether it is found out. */
export interface Replaced {
  /** What lies between the engine and its store. */
  readonly store?: (store: Store) => Store;
  /** What answers in the place of the engine. */
  readonly handler?: (store: Store, engine: Handler) => Handler;
}

/** What came of a race. */
export interface Outcome {
  readonly operations: readonly Operation[];
  readonly aftermath: Aftermath;
  readonly decisions: readonly RequestDecision[];
}

/** The app's own strategy in these races: a deletion is refused, and what is put or patched says what it went over. */
export const settle: Settle = (base, current, proposed) =>
  proposed === null ? undefined : { ...proposed, settled: `${base["mark"]} over ${current["mark"]}` };

/**
 * Runs a race. Each call of the store is a scheduling point on its way there and on its way back, and the scheduler
 * says which of those that wait goes on.
 */
export async function race(plan: Plan, scheduler: fc.Scheduler, replaced: Replaced = {}): Promise<Outcome> {
  let now = 1_800_000_000_000;
  const memory = createMemoryStore({ clock: () => now++ });
  const scheduled = atScheduledTimes(memory, scheduler);
  const store = replaced.store?.(scheduled) ?? scheduled;
  const decisions: RequestDecision[] = [];
  const engine = createUnclash<unknown>({
    store,
    collections: {
      notes: {
        schema: z.record(z.string(), z.unknown()),
        preconditions: { required: false },
        conflicts: { strategy: plan.strategy === "function" ? ownStrategy(scheduler) : plan.strategy },
      },
    },
    identify: ({ headers }) => ({ name: String(headers["authorization"]) }),
    observe: (decision) => decision.kind === "request" && decisions.push(decision),
  });
  const handler = replaced.handler?.(store, engine) ?? engine;
  const operations: Operation[] = [];
  let ticks = 0;
  const client = (name: string) => new Client(name, handler, () => ticks++, operations);
  if (plan.begun) await scheduler.waitFor(client("before").play([{ do: "create", id: "1", by: "POST" }]));
  await scheduler.waitFor(Promise.all(plan.clients.map((moves, at) => client(`client ${at + 1}`).play(moves))));
  const aftermath = { versions: await versionsOf(memory, ["notes/1", "notes/2"]), events: await eventsOf(memory) };
  await memory.close();
  return { operations, aftermath, decisions };
}

function ownStrategy(scheduler: fc.Scheduler) {
  return async ({ base, current, proposed }: Parameters<Exclude<StrategyOption, string>>[0]) => {
    await scheduler.schedule(Promise.resolve(), "the app's strategy");
    const value = settle(base, current, proposed);
    return value === undefined ? ({ kind: "reject" } as const) : ({ kind: "accept", value } as const);
  };
}

type StrategyOption = import("unclash").Strategy;

/** A store each call of which waits for the scheduler, before and after. */
export function atScheduledTimes(store: Store, scheduler: fc.Scheduler): Store {
  const call = async <T>(name: string, carryOut: () => Promise<T>): Promise<T> => {
    await scheduler.schedule(Promise.resolve(), name);
    const result = await carryOut();
    await scheduler.schedule(Promise.resolve(), `${name}, answered`);
    return result;
  };
  return {
    ...store,
    read: (keys) => call(`read ${keys}`, () => store.read(keys)),
    commit: (commit) => call(`commit of ${commit.by}`, () => store.commit(commit)),
    list: (range) => call("list", () => store.list(range)),
    history: (key, request) => call(`history of ${key}`, () => store.history(key, request)),
  };
}

async function versionsOf(store: Store, keys: readonly Key[]): Promise<ReadonlyMap<Key, readonly StoredRecord[]>> {
  const pages = keys.map((key) => store.history(key, { limit: 1_000, texts: true }));
  return new Map((await Promise.all(pages)).map(({ records }, at) => [keys[at] ?? "", records.toReversed()]));
}

async function eventsOf(store: Store): Promise<readonly NewEvent[]> {
  const end = { type: "end", key: "end" };
  await store.commit({ tag: "end", at: 0, reads: [], writes: [], events: [end], by: null, cause: "test" });
  const events: NewEvent[] = [];
  const stop = new AbortController();
  for await (const item of store.follow("start", stop.signal)) {
    if ("reset" in item) throw new Error("the log reaches back to its start");
    if (item.key === end.key) stop.abort();
    else events.push(item);
  }
  return events;
}
