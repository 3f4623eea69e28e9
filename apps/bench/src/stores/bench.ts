import { inFolder } from "../sqlite/open-files.js";
import { tableText } from "../table.js";
import type { Engine } from "./engine.js";
import { type Comparison, compare, type Effort, type Figures, isSteady } from "./measure.js";
import { openMemory } from "./memory.js";
import { openPostgres } from "./postgres.js";
import { openRedis } from "./redis.js";
import { openSqlite } from "./sqlite.js";
import type { StoreName } from "./store-name.js";

export interface StoresOptions {
  readonly stores: readonly StoreName[];
  readonly quick: boolean;
  readonly json: boolean;
}

const thorough: Effort = { roundsMin: 9, roundsMax: 21, sliceMs: 1_000 };
const quick: Effort = { roundsMin: 3, roundsMax: 5, sliceMs: 500 };
const writesInFlight = [1, 10, 50];

/** Measures conditional writes of 1 KB, with history and one event, on each store beside its bare engine. */
export async function benchStores({ stores, quick: isQuick, json }: StoresOptions): Promise<void> {
  for (const name of stores) {
    await inFolder(async (folder) => {
      const engine = await open(name, folder);
      try {
        const comparisons: Comparison[] = [];
        for (const inFlight of writesInFlight)
          comparisons.push(await compare(engine, inFlight, isQuick ? quick : thorough));
        console.log(json ? JSON.stringify({ store: name, comparisons }) : textOf(engine, comparisons));
      } finally {
        await engine.close();
      }
    });
  }
}

function open(name: StoreName, folder: string): Promise<Engine> {
  switch (name) {
    case "memory":
      return openMemory();
    case "sqlite":
      return openSqlite(folder);
    case "postgres":
      return openPostgres();
    case "redis":
      return openRedis();
  }
}

function textOf(engine: Engine, comparisons: readonly Comparison[]): string {
  const rows = comparisons.flatMap((comparison) => rowsOf(engine, comparison));
  return [
    `${engine.name}, beside ${engine.bareDoes}`,
    tableText([["", "writes/s", "to bare", "CPU here", "CPU there", "target", ""], ...rows], 1),
    ...comparisons
      .filter(({ control }) => !isSteady(control))
      .map(({ inFlight, control }) => `At ${inFlight} in flight the A/A control came to lie at ${control.toFixed(2)}.`),
    "",
  ].join("\n");
}

function rowsOf({ targets }: Engine, comparison: Comparison): readonly string[][] {
  const { inFlight, bare, store, ratio, control, steps } = comparison;
  const target = targets[inFlight];
  const verdict = target === undefined ? [] : [`≥ ${target}`, ratio >= target ? "met" : "MISSED"];
  return [
    [`${inFlight} in flight, bare`, ...figuresOf(bare, control), "(A/A)"],
    ...steps.map((step) => [`  ${step.name}`, ...figuresOf(step.figures, step.ratio)]),
    [`${inFlight} in flight, store`, ...figuresOf(store, ratio), ...verdict],
  ];
}

function figuresOf({ perSecond, clientCpuUs, serverCpuUs }: Figures, ratio: number): readonly string[] {
  const microseconds = (value: number | undefined): string => (value === undefined ? "" : `${value.toFixed(0)} µs`);
  return [perSecond.toFixed(0), ratio.toFixed(2), microseconds(clientCpuUs), microseconds(serverCpuUs)];
}
