import { setTimeout as pause } from "node:timers/promises";
import type { Store } from "@unclash/core/store";
import { Housekeeping } from "../../../../packages/engine/src/commits/housekeeping.js";
import { median } from "../median.js";
import { commit, textAt } from "../scale/fill.js";
import { openPair } from "../scale/open-pair.js";
import { inFolder } from "../sqlite/open-files.js";
import type { StoreName } from "../stores/store-name.js";
import { kinds, lapsedIn, putLapsed } from "./lapsing.js";

export interface HousekeepingOptions {
  readonly stores: readonly StoreName[];
  readonly quick: boolean;
  readonly json: boolean;
}

const clients = 4;
const restMs = 5;
const quietMs = 8_000;

interface Round {
  readonly goneMs: number;
  readonly quiet: readonly number[];
  readonly busy: readonly number[];
}

/**
 * Lets five kinds of records lapse, 10,000 each, and compares the slowest commits while the housekeeper of the same
 * process forgets them with those before.
 */
export async function benchHousekeeping({ stores, quick, json }: HousekeepingOptions): Promise<void> {
  const countOfEach = quick ? 2_000 : 10_000;
  for (const name of stores) {
    await inFolder(async (folder) => {
      const pair = await openPair(name, folder);
      try {
        const rounds: Round[] = [];
        await commitFor(pair.large, () => pause(2_000));
        for (let round = 0; round < (quick ? 2 : 5); round++) rounds.push(await measure(pair.large, countOfEach));
        console.log(json ? JSON.stringify({ store: name, ...summaryOf(rounds) }) : textOf(name, countOfEach, rounds));
      } finally {
        await pair.close();
      }
    });
  }
}

async function measure(store: Store, countOfEach: number): Promise<Round> {
  await putLapsed(store, countOfEach);
  await pause(500);
  const before = await commitFor(store, () => pause(quietMs / 2));
  const housekeeping = new Housekeeping(store);
  for (const kind of kinds) housekeeping.register(kind);
  let goneMs = 0;
  const busy = await commitFor(store, async () => {
    const startedAt = performance.now();
    const stop = housekeeping.start();
    while ((await lapsedIn(store, 1)) > 0) await pause(100);
    goneMs = performance.now() - startedAt;
    await stop();
  });
  const after = await commitFor(store, () => pause(quietMs / 2));
  return { goneMs, quiet: [...before, ...after], busy };
}

/** How long each commit took while something goes on, in milliseconds. */
async function commitFor(store: Store, goOn: () => Promise<unknown>): Promise<readonly number[]> {
  const taken: number[] = [];
  let isRunning = true;
  const client = async (n: number): Promise<void> => {
    for (let edit = 0; isRunning; edit++) {
      const startedAt = performance.now();
      const key = `busy/${n}`;
      const events = [{ type: "resource.changed", key }];
      await commit(store, { writes: [{ key, expect: "any", put: textAt(n, edit), keep: { count: 10 } }], events });
      taken.push(performance.now() - startedAt);
      await pause(restMs);
    }
  };
  const running = Array.from({ length: clients }, (_, n) => client(n));
  await goOn();
  isRunning = false;
  await Promise.all(running);
  return taken;
}

function summaryOf(rounds: readonly Round[]): Record<string, number> {
  const quiet = rounds.map((round) => at(round.quiet, 0.99));
  const busy = rounds.map((round) => at(round.busy, 0.99));
  return {
    goneSeconds: Math.max(...rounds.map(({ goneMs }) => goneMs)) / 1_000,
    quietP50: median(rounds.map((round) => at(round.quiet, 0.5))),
    busyP50: median(rounds.map((round) => at(round.busy, 0.5))),
    quietP99: median(quiet),
    busyP99: median(busy),
    p99Ratio: median(rounds.map((_, n) => (busy[n] ?? 0) / (quiet[n] ?? 1))),
  };
}

function textOf(name: StoreName, countOfEach: number, rounds: readonly Round[]): string {
  const { goneSeconds = 0, quietP50, busyP50, quietP99, busyP99, p99Ratio } = summaryOf(rounds);
  const ms = (value = 0): string => `${value.toFixed(2)} ms`;
  return [
    `${name}: ${kinds.length} kinds of ${countOfEach.toLocaleString("en")} lapsed records, gone in at most ` +
      `${goneSeconds.toFixed(1)} s`,
    `  a commit meanwhile: median ${ms(busyP50)}, p99 ${ms(busyP99)}; before and after: median ${ms(quietP50)}, ` +
      `p99 ${ms(quietP99)}; p99 to p99 ${p99Ratio?.toFixed(2)}`,
  ].join("\n");
}

function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
