import { resolve } from "node:path";
import { median } from "../median.js";
import { tableText } from "../table.js";
import { type Cell, cells } from "./cell.js";
import type { FrameworkName } from "./servers/all.js";
import type { Variant } from "./servers/variant.js";
import { type Subject, startSubject, stopSubject, takeCost, warmUp } from "./subject.js";

export interface AgainstOptions {
  readonly frameworks: readonly FrameworkName[];
  /** Another checkout of this repository, built. */
  readonly directory: string;
  readonly quick: boolean;
  readonly json: boolean;
}

/** Each build twice: what the two of one build differ by is noise. */
const builds = ["other", "this", "other", "this"] as const;

type Variants = Extract<Variant, "unclash" | "guarded">;
const variants: readonly Variants[] = ["unclash", "guarded"];
const asked: readonly Cell[] = cells.filter(({ size }) => size === "1 KB");

/** Many short slices, each build in turn: what else the machine does hits all. */
const requestsPerSlice = 100;

/** How often servers are started anew, and how many slices each of them gets. */
interface Effort {
  readonly generations: number;
  readonly slices: number;
}
const thorough: Effort = { generations: 6, slices: 100 };
const quickly: Effort = { generations: 2, slices: 30 };

/** What a request costs this build, to what it costs the other one. */
interface Comparison {
  readonly framework: FrameworkName;
  readonly variant: Variants;
  readonly ask: Cell["ask"];
  readonly otherMicrosPerRequest: number;
  /** This build's processor time to the other's: the median of the generations. */
  readonly ratio: number;
  /** Of the other build's second server to its first, and of this one's. */
  readonly controls: readonly [number, number];
  /** The ratio in each generation. */
  readonly generations: readonly number[];
}

/** Processor time per request of one cell in one generation, by the order of {@link builds}. */
type Micros = readonly [number, number, number, number];

/** Measures collections and guards of this build against those of another one, on documents of 1 KB. */
export async function benchAgainst({ frameworks, directory, quick, json }: AgainstOptions): Promise<void> {
  const entry = resolve(directory, "apps/bench/dist/http/serve.js");
  const all: Comparison[] = [];
  for (const framework of frameworks) {
    for (const variant of variants) {
      const compared = await compare(framework, variant, entry, quick ? quickly : thorough);
      all.push(...compared);
      if (!json) console.log(tableText([header, ...compared.map(rowOf)], 3));
    }
  }
  if (json) console.log(JSON.stringify(all, undefined, 2));
}

async function compare(
  framework: FrameworkName,
  variant: Variants,
  entry: string,
  { generations, slices }: Effort,
): Promise<readonly Comparison[]> {
  const taken = new Map<Cell, Micros[]>(asked.map((cell) => [cell, []]));
  for (let generation = 0; generation < generations; generation++) {
    const subjects = await Promise.all(
      builds.map((build) => startSubject(framework, variant, build === "other" ? entry : undefined)),
    );
    try {
      for (const subject of subjects) await warmUp(subject, asked);
      for (const cell of asked) taken.get(cell)?.push(await measure(subjects, cell, slices));
    } finally {
      await Promise.all(subjects.map(stopSubject));
    }
  }
  return asked.map((cell) => comparisonOf(framework, variant, cell, taken.get(cell) ?? []));
}

async function measure(subjects: readonly Subject[], cell: Cell, count: number): Promise<Micros> {
  const slices = subjects.map((): number[] => []);
  for (let slice = 0; slice < count; slice++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const at = (slice + turn) % subjects.length;
      const subject = subjects[at];
      if (subject === undefined) continue;
      const { cpuMicros, requests } = await takeCost(subject, cell, requestsPerSlice);
      slices[at]?.push(cpuMicros / requests);
    }
  }
  const [first = [], second = [], third = [], fourth = []] = slices;
  return [median(first), median(second), median(third), median(fourth)];
}

function comparisonOf(
  framework: FrameworkName,
  variant: Variants,
  { ask }: Cell,
  taken: readonly Micros[],
): Comparison {
  const generations = taken.map(([other, own, other2, own2]) => (own + own2) / (other + other2));
  return {
    framework,
    variant,
    ask,
    otherMicrosPerRequest: median(taken.map(([other, , other2]) => (other + other2) / 2)),
    ratio: median(generations),
    controls: [
      median(taken.map(([other, , other2]) => other2 / other)),
      median(taken.map(([, own, , own2]) => own2 / own)),
    ],
    generations,
  };
}

const header = ["framework", "form", "request", "other, µs", "A/A other", "A/A this", "this to other", "from", "to"];

function rowOf(comparison: Comparison): readonly string[] {
  const { framework, variant, ask, otherMicrosPerRequest, ratio, controls, generations } = comparison;
  return [
    framework,
    variant === "unclash" ? "collection" : "guard",
    ask,
    otherMicrosPerRequest.toFixed(1),
    ...[...controls, ratio, Math.min(...generations), Math.max(...generations)].map((figure) => figure.toFixed(3)),
  ];
}
