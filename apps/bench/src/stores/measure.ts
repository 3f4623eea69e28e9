import { median } from "../median.js";
import { type Writer, writeFor } from "../store-writer.js";
import type { Engine } from "./engine.js";

/** How fast one contestant wrote, and what that cost. */
export interface Figures {
  readonly perSecond: number;
  /** CPU time of this process for each write, in microseconds. */
  readonly clientCpuUs: number;
  /** CPU time of the engine's own processes for each write, in microseconds. */
  readonly serverCpuUs: number | undefined;
}

/** Medians of all rounds, and the ratios of the rates within each round. */
export interface Comparison {
  readonly inFlight: number;
  readonly rounds: number;
  readonly bare: Figures;
  readonly store: Figures;
  readonly ratio: number;
  /** The bare engine to itself: what it differs from 1 by is noise. */
  readonly control: number;
  /** What the engine's steps reach; only where there is a target. */
  readonly steps: readonly { readonly name: string; readonly figures: Figures; readonly ratio: number }[];
}

export interface Effort {
  readonly roundsMin: number;
  readonly roundsMax: number;
  readonly sliceMs: number;
}

interface Round {
  readonly bare: Figures;
  readonly control: Figures;
  readonly store: Figures;
  readonly steps: readonly Figures[];
}

/** Measures round by round, until the control is close to 1 or `roundsMax` is reached. */
export async function compare(engine: Engine, inFlight: number, effort: Effort): Promise<Comparison> {
  const { bare, control, store } = engine.contestants;
  const take = (writers: readonly Writer[]): Promise<Figures> => measure(engine, writers, effort.sliceMs);
  const rounds: Round[] = [];
  // Makes every record, connects, and lets the code be compiled.
  const steps = engine.targets[inFlight] === undefined ? [] : engine.steps;
  const all = [bare, control, store, ...steps.map(({ contestant }) => contestant)];
  for (const contestant of all) await writeFor(contestant(inFlight), effort.sliceMs);
  do {
    const first = await take(bare(inFlight));
    const stored = await take(store(inFlight));
    const second = await take(control(inFlight));
    const between: Figures[] = [];
    for (const { contestant } of steps) between.push(await take(contestant(inFlight)));
    rounds.push({ bare: first, store: stored, control: second, steps: between });
  } while (rounds.length < effort.roundsMin || (rounds.length < effort.roundsMax && !isSteady(controlOf(rounds))));
  return {
    inFlight,
    rounds: rounds.length,
    bare: medianOf(rounds.map((round) => round.bare)),
    store: medianOf(rounds.map((round) => round.store)),
    ratio: median(rounds.map((round) => ratioOf(round.store, round))),
    control: controlOf(rounds),
    steps: steps.map(({ name }, at) => ({
      name,
      figures: medianOf(rounds.flatMap((round) => round.steps[at] ?? [])),
      ratio: median(rounds.map((round) => ratioOf(round.steps[at], round))),
    })),
  };
}

// Two rounds of the bare engine stand around the store's: what drifts hits both.
function ratioOf(figures: Figures | undefined, { bare, control }: Round): number {
  return (2 * (figures?.perSecond ?? 0)) / (bare.perSecond + control.perSecond);
}

/** Whether the control is within 5 % of the bare engine. */
export function isSteady(control: number): boolean {
  return Math.abs(control - 1) <= 0.05;
}

function controlOf(rounds: readonly Round[]): number {
  return median(rounds.map((round) => round.control.perSecond / round.bare.perSecond));
}

async function measure(engine: Engine, writers: readonly Writer[], sliceMs: number): Promise<Figures> {
  const serverBefore = await engine.serverCpuUs();
  const clientBefore = process.cpuUsage();
  const { writes, tookMs } = await writeFor(writers, sliceMs);
  const client = process.cpuUsage(clientBefore);
  const serverAfter = await engine.serverCpuUs();
  const server = serverBefore === undefined || serverAfter === undefined ? undefined : serverAfter - serverBefore;
  return {
    perSecond: (writes * 1_000) / tookMs,
    clientCpuUs: (client.user + client.system) / writes,
    serverCpuUs: server === undefined ? undefined : server / writes,
  };
}

function medianOf(figures: readonly Figures[]): Figures {
  const server = figures.flatMap(({ serverCpuUs }) => (serverCpuUs === undefined ? [] : [serverCpuUs]));
  return {
    perSecond: median(figures.map(({ perSecond }) => perSecond)),
    clientCpuUs: median(figures.map(({ clientCpuUs }) => clientCpuUs)),
    serverCpuUs: server.length === 0 ? undefined : median(server),
  };
}
