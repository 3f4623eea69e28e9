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

/** How long each commit took, in milliseconds: before, beside and after the housekeeper, and how long that took. */
interface Round {
  readonly goneMs: number;
  readonly before: readonly number[];
  readonly busy: readonly number[];
  readonly after: readonly number[];
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
    // To look costs a database time as well.
    while ((await lapsedIn(store, 1)) > 0) await pause(500);
    goneMs = performance.now() - startedAt;
    await stop();
  });
  const after = await commitFor(store, () => pause(quietMs / 2));
  return { goneMs, before, busy, after };
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
  const inEach = (share: number, pick: (round: Round) => readonly number[]): readonly number[] =>
    rounds.map((round) => at(pick(round), share));
  const ratioOf = (of: (round: Round) => readonly number[], to: (round: Round) => readonly number[]): number =>
    median(rounds.map((round) => at(of(round), 0.99) / at(to(round), 0.99)));
  const quiet = ({ before, after }: Round): readonly number[] => [...before, ...after];
  const busy = (round: Round): readonly number[] => round.busy;
  return {
    goneSeconds: Math.max(...rounds.map(({ goneMs }) => goneMs)) / 1_000,
    quietP50: median(inEach(0.5, quiet)),
    busyP50: median(inEach(0.5, busy)),
    quietP99: median(inEach(0.99, quiet)),
    busyP99: median(inEach(0.99, busy)),
    p99Ratio: ratioOf(busy, quiet),
    controlRatio: ratioOf(
      ({ after }) => after,
      ({ before }) => before,
    ),
  };
}

function textOf(name: StoreName, countOfEach: number, rounds: readonly Round[]): string {
  const { goneSeconds = 0, quietP50, busyP50, quietP99, busyP99, p99Ratio, controlRatio } = summaryOf(rounds);
  const ms = (value = 0): string => `${value.toFixed(2)} ms`;
  return [
    `${name}: ${kinds.length} kinds of ${countOfEach.toLocaleString("en")} lapsed records, gone in at most ` +
      `${goneSeconds.toFixed(1)} s`,
    `  a commit meanwhile: median ${ms(busyP50)}, p99 ${ms(busyP99)}; before and after: median ${ms(quietP50)}, ` +
      `p99 ${ms(quietP99)}; p99 to p99 ${p99Ratio?.toFixed(2)}, and after to before ${controlRatio?.toFixed(2)}`,
  ].join("\n");
}

function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
