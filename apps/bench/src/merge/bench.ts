import { median } from "../median.js";
import { tableText } from "../table.js";
import { type Contest, contests, type Subject } from "./subjects.js";

export interface MergeBenchOptions {
  readonly quick: boolean;
  readonly json: boolean;
}

/** What one run of a subject takes, in microseconds of CPU time, and in relation to unclash. */
interface Figure {
  readonly subject: string;
  readonly us: number;
  readonly ratio: number;
  readonly gave: string;
}

/** Measures merges and differences beside those of peers, in turns, in one process: none of it waits for anything. */
export function benchMerge({ quick, json }: MergeBenchOptions): void {
  for (const contest of contests()) {
    const figures = measure(contest, quick ? 7 : 21, quick ? 50_000 : 200_000);
    if (json) console.log(JSON.stringify({ contest: contest.name, figures }));
    else console.log(`${contest.name}\n${textOf(figures)}\n`);
  }
}

/** @param roundUs how much CPU time each subject takes of a round, about */
function measure({ subjects }: Contest, rounds: number, roundUs: number): readonly Figure[] {
  const [unclash, ...peers] = subjects;
  if (unclash === undefined) throw new TypeError("A contest has a subject.");
  const all = [unclash, { ...unclash, name: "unclash again" }, ...peers];
  const counts = all.map((subject) => countFor(subject, roundUs));
  const taken = all.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, subject] of all.entries()) taken[at]?.push(cpuUs(subject, counts[at] ?? 1));
  }
  return all.map((subject, at) => ({
    subject: subject.name,
    us: median(taken[at] ?? []),
    ratio: median((taken[at] ?? []).map((us, round) => us / (taken[0]?.[round] ?? us))),
    gave: described(subject.run()),
  }));
}

/** How often a subject runs in a round, once it is compiled. */
function countFor(subject: Subject, roundUs: number): number {
  for (let count = 1; ; count *= 2) {
    const us = cpuUs(subject, count) * count;
    if (us > roundUs) return Math.max(1, Math.round((count * roundUs) / us));
  }
}

/** The CPU time of one of so many runs. */
function cpuUs({ run }: Subject, count: number): number {
  const before = process.cpuUsage();
  for (let n = 0; n < count; n++) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

function described(result: unknown): string {
  return typeof result === "number" ? `${result} operations` : "";
}

function textOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ subject, us, ratio, gave }) => [
    `  ${subject}`,
    us < 1_000 ? `${us.toFixed(1)} µs` : `${(us / 1_000).toFixed(1)} ms`,
    `${Math.round(1_000_000 / us).toLocaleString("en")} a second`,
    ratio.toFixed(2),
    gave,
  ]);
  return tableText([["  ", "CPU time", "on one core", "to unclash", ""], ...rows], 1);
}
