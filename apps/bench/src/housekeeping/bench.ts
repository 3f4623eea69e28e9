import { setTimeout as pause } from "node:timers/promises";
import type { Store } from "@unclash/core/store";
import { Housekeeping } from "../../../../packages/engine/src/commits/housekeeping.js";
import { median, quantile } from "../median.js";
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

/** The housekeeper works and rests in turn, so that what else the machine does hits both alike. */
const sliceMs = { quiet: 1_000, busy: 3_000 };

interface Round {
  /** How long the housekeeper took, its rests left out: as a whole number of slices. */
  readonly goneMs: number;
  /** How long each commit took while it worked, in milliseconds. */
  readonly busy: readonly number[];
  /** And while it rested, in every other slice: the two are alike but for noise. */
  readonly quiet: readonly [readonly number[], readonly number[]];
}

/**
 * Lets five kinds of records lapse, 10,000 each, and compares the slowest commits while the housekeeper of the same
 * process forgets them with those while it rests.
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
  const housekeeping = new Housekeeping(store);
  for (const kind of kinds) housekeeping.register(kind);
  const quiet: [number[], number[]] = [[], []];
  const busy: number[] = [];
  let goneMs = 0;
  for (let isLeft = true, slice = 0; isLeft; slice++) {
    quiet[slice % 2 === 0 ? 0 : 1].push(...(await commitFor(store, () => pause(sliceMs.quiet))));
    const taken = await commitFor(store, async () => {
      const startedAt = performance.now();
      const stop = housekeeping.start();
      await pause(sliceMs.busy);
      await stop();
      goneMs += performance.now() - startedAt;
    });
    isLeft = (await lapsedIn(store, 1)) > 0;
    // In the last slice it had nothing to do for a part of the time.
    if (isLeft || slice === 0) busy.push(...taken);
  }
  return { goneMs, busy, quiet };
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
  const medianOf = (pick: (round: Round) => number): number => median(rounds.map(pick));
  return {
    goneSeconds: Math.max(...rounds.map(({ goneMs }) => goneMs)) / 1_000,
    quietP50: medianOf(({ quiet }) => quantile(quiet.flat(), 0.5)),
    busyP50: medianOf(({ busy }) => quantile(busy, 0.5)),
    quietP99: medianOf(({ quiet }) => quantile(quiet.flat(), 0.99)),
    busyP99: medianOf(({ busy }) => quantile(busy, 0.99)),
    p99Ratio: medianOf(({ busy, quiet }) => quantile(busy, 0.99) / quantile(quiet.flat(), 0.99)),
    controlRatio: medianOf(({ quiet: [even, odd] }) => quantile(odd, 0.99) / quantile(even, 0.99)),
  };
}

function textOf(name: StoreName, countOfEach: number, rounds: readonly Round[]): string {
  const { goneSeconds = 0, quietP50, busyP50, quietP99, busyP99, p99Ratio, controlRatio } = summaryOf(rounds);
  const ms = (value = 0): string => `${value.toFixed(2)} ms`;
  return [
    `${name}: ${kinds.length} kinds of ${countOfEach.toLocaleString("en")} lapsed records, gone in at most ` +
      `${goneSeconds.toFixed(1)} s`,
    `  a commit meanwhile: median ${ms(busyP50)}, p99 ${ms(busyP99)}; while it rests: median ${ms(quietP50)}, ` +
      `p99 ${ms(quietP99)}; p99 to p99 ${p99Ratio?.toFixed(2)}, of two like ones ${controlRatio?.toFixed(2)}`,
  ].join("\n");
}
