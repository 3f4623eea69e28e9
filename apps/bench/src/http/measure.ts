import { type Cell, cells, requestsOf } from "./cell.js";
import { isSteady, type Measured, type Part, type Sample, summarize } from "./measured.js";
import { type FrameworkName, frameworks } from "./servers/all.js";
import type { Variant } from "./servers/variant.js";
import { type Cost, type Subject, startSubject, stopSubject, takeCost, warmUp } from "./subject.js";

export interface Effort {
  /**
   * Each generation has servers of its own: two processes of the same program differ by a few percent all their lives.
   */
  readonly generationsMin: number;
  readonly generationsMax: number;
  readonly roundsPerGeneration: number;
}

const slicesPerRound = 5;

/** Measures one framework's cells until the controls are close to the bare servers, or `generationsMax` is reached. */
export async function measureFramework(framework: FrameworkName, effort: Effort): Promise<readonly Measured[]> {
  const rounds = new Map<Cell, Map<Part, Sample>[]>(cells.map((cell) => [cell, []]));
  for (let generation = 1; generation <= effort.generationsMax; generation++) {
    await measureGeneration(framework, effort.roundsPerGeneration, rounds);
    if (generation >= effort.generationsMin && summarize(framework, rounds).every(isSteady)) break;
  }
  return summarize(framework, rounds);
}

async function measureGeneration(
  framework: FrameworkName,
  count: number,
  rounds: ReadonlyMap<Cell, Map<Part, Sample>[]>,
): Promise<void> {
  const subjects = await startAll(framework);
  try {
    for (const [, subject] of subjects) await warmUp(subject);
    for (const [cell, taken] of rounds) {
      for (let round = 0; round < count; round++) taken.push(await takeRound(subjects, cell));
    }
  } finally {
    await Promise.all(subjects.map(([, subject]) => stopSubject(subject)));
  }
}

function startAll(framework: FrameworkName): Promise<readonly (readonly [Part, Subject])[]> {
  const { peer, guardPeer } = frameworks[framework];
  const variants: readonly (readonly [Part, Variant])[] = [
    ["bare", "bare"],
    ["unclash", "unclash"],
    ["control", "bare"],
    ["guarded", "guarded"],
    ...(peer === undefined ? [] : [["peer", "peer"] as const]),
    ...(guardPeer === undefined ? [] : [["guard-peer", "guard-peer"] as const]),
  ];
  return Promise.all(variants.map(async ([part, variant]) => [part, await startSubject(framework, variant)] as const));
}

/**
 * One round: every server gets the same requests, a slice each in turn, so that what else the machine does hits all.
 */
async function takeRound(subjects: readonly (readonly [Part, Subject])[], cell: Cell): Promise<Map<Part, Sample>> {
  const asked = subjects.filter(([part]) => isAsked(part, cell));
  const costs = new Map<Part, Cost[]>(asked.map(([part]) => [part, []]));
  for (let slice = 0; slice < slicesPerRound; slice++) {
    for (const [part, subject] of rotated(asked, slice)) {
      costs.get(part)?.push(await takeCost(subject, cell, requestsOf(cell) / slicesPerRound));
    }
  }
  return new Map([...costs].map(([part, taken]) => [part, sampleOf(taken)]));
}

/**
 * What is usual on top of the frameworks knows nothing of If-Match, and a guard never sees how large the content is.
 */
function isAsked(part: Part, { ask, size }: Cell): boolean {
  if (part === "peer") return ask !== "PUT";
  return size === "1 KB" || (part !== "guarded" && part !== "guard-peer");
}

function sampleOf(costs: readonly Cost[]): Sample {
  const sum = (of: (cost: Cost) => number): number => costs.reduce((total, cost) => total + of(cost), 0);
  const requests = sum((cost) => cost.requests);
  return {
    cpuMicrosPerRequest: sum((cost) => cost.cpuMicros) / requests,
    requestsPerSecond: requests / sum((cost) => cost.seconds),
  };
}

/** Nobody is always the first, or always behind the same. */
function rotated<T>(items: readonly T[], by: number): readonly T[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
