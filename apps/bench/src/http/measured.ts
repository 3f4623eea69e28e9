import { median } from "../median.js";
import type { Cell } from "./cell.js";
import type { FrameworkName } from "./servers/all.js";
import type { Variant } from "./servers/variant.js";

/** Who is measured beside whom. The control is a second bare server: what it differs by is noise. */
export type Part = "control" | Variant;

/** What a request costs, in one round or in the median of all. */
export interface Sample {
  readonly cpuMicrosPerRequest: number;
  readonly requestsPerSecond: number;
}

/** One cell of the table, for one framework. Ratios are the medians of those within each round. */
export interface Measured {
  readonly framework: FrameworkName;
  readonly cell: Cell;
  readonly bare: Sample;
  /** To the bare server. */
  readonly ratios: Readonly<Partial<Record<Exclude<Part, "bare">, Sample>>>;
  /** Of unclash's processor time to the peer's. */
  readonly cpuToPeer: number | undefined;
  /** Of the guard's processor time to its peer's. */
  readonly guardCpuToPeer: number | undefined;
  readonly rounds: number;
}

/** What was measured, by cell: each round has a sample of every part. */
export type Rounds = ReadonlyMap<Cell, readonly ReadonlyMap<Part, Sample>[]>;

/** Sums up the rounds of all cells. */
export function summarize(framework: FrameworkName, rounds: Rounds): readonly Measured[] {
  return [...rounds].map(([cell, taken]) => {
    const ratio = (part: Exclude<Part, "bare">): Partial<Record<Part, Sample>> => {
      const sample = medianRatio(taken, part, "bare");
      return sample === undefined ? {} : { [part]: sample };
    };
    return {
      framework,
      cell,
      rounds: taken.length,
      bare: medianSample(taken.flatMap((round) => round.get("bare") ?? [])),
      ratios: {
        ...ratio("control"),
        ...ratio("unclash"),
        ...ratio("peer"),
        ...ratio("guarded"),
        ...ratio("guard-peer"),
      },
      cpuToPeer: medianRatio(taken, "unclash", "peer")?.cpuMicrosPerRequest,
      guardCpuToPeer: medianRatio(taken, "guarded", "guard-peer")?.cpuMicrosPerRequest,
    };
  });
}

/** Whether the control's processor time is within 5 % of the bare server's. */
export function isSteady({ ratios: { control } }: Measured): boolean {
  return control !== undefined && Math.abs(control.cpuMicrosPerRequest - 1) <= 0.05;
}

function medianRatio(rounds: readonly ReadonlyMap<Part, Sample>[], part: Part, base: Part): Sample | undefined {
  const ratios = rounds.flatMap((round): Sample[] => {
    const [above, below] = [round.get(part), round.get(base)];
    if (above === undefined || below === undefined) return [];
    return [
      {
        cpuMicrosPerRequest: above.cpuMicrosPerRequest / below.cpuMicrosPerRequest,
        requestsPerSecond: above.requestsPerSecond / below.requestsPerSecond,
      },
    ];
  });
  return ratios.length === 0 ? undefined : medianSample(ratios);
}

function medianSample(samples: readonly Sample[]): Sample {
  return {
    cpuMicrosPerRequest: median(samples.map((sample) => sample.cpuMicrosPerRequest)),
    requestsPerSecond: median(samples.map((sample) => sample.requestsPerSecond)),
  };
}
