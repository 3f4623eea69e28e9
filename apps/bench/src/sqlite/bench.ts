import { tableText } from "../table.js";
import { type Durations, measureDisk } from "./disk.js";
import { inFolder } from "./open-files.js";
import { measurePauses } from "./pauses.js";
import { type Effort, isSteady, measureThroughput, type Throughput } from "./throughput.js";
import type { WriterReport } from "./write-for-a-while.js";

export interface SqliteOptions {
  readonly quick: boolean;
  readonly json: boolean;
}

const thorough: Effort = { roundsMin: 9, roundsMax: 27, writesPerRound: 2_000 };
const quick: Effort = { roundsMin: 3, roundsMax: 3, writesPerRound: 800 };

const throughputMin = 2;
const pauseMaxMs = 20;

interface Results {
  readonly disk: Durations;
  readonly throughput: Throughput;
  readonly pauses: readonly WriterReport[];
}

/** Measures the durable store beside a bare table, and how long it holds up the event loop. */
export async function benchSqlite(options: SqliteOptions): Promise<void> {
  const results = await inFolder(
    async (folder): Promise<Results> => ({
      throughput: await measureThroughput(folder, options.quick ? quick : thorough),
      pauses: await measurePauses(folder, options.quick ? 3_000 : 15_000),
      disk: measureDisk(folder, options.quick ? 300 : 2_000),
    }),
  );
  console.log(options.json ? JSON.stringify(results, undefined, 2) : textOf(results));
}

function textOf({ disk, throughput, pauses }: Results): string {
  const { barePerSecond, control, oneWriter, fiftyWriters, rounds } = throughput;
  const row = (name: string, ratio: number, target = "", met = ""): string[] => [
    name,
    (barePerSecond * ratio).toFixed(0),
    ratio.toFixed(2),
    target,
    met,
  ];
  return [
    `Durable conditional writes of 1 KB, a second (${rounds} rounds)`,
    tableText(
      [
        ["", "", "to bare", "target", ""],
        row("bare UPDATE, an fsync each", 1),
        row("the same once more (A/A)", control),
        row("store, 1 writer", oneWriter),
        row("store, 50 writers", fiftyWriters, `≥ ${throughputMin}`, verdict(fiftyWriters >= throughputMin)),
      ],
      1,
    ),
    ...(isSteady(throughput) ? [] : ["The A/A control did not come to lie within 0.95 to 1.05."]),
    "",
    "How long the event loop is held up, in ms: two processes with four writers each on one file",
    tableText([["", "writes", "p99", "max", "target", ""], ...pauses.map(pauseRow)], 1),
    "",
    `fdatasync of 4 KiB on this disk, which bounds all of it: median ${ms(disk.medianMs)} ms, p99 ` +
      `${ms(disk.p99Ms)} ms, max ${ms(disk.maxMs)} ms`,
  ].join("\n");
}

function pauseRow({ writes, pauseP99Ms, pauseMaxMs: max }: WriterReport, at: number): readonly string[] {
  return [
    `process ${at + 1}`,
    String(writes),
    ms(pauseP99Ms),
    ms(max),
    `max ≤ ${pauseMaxMs}`,
    verdict(max <= pauseMaxMs),
  ];
}

function verdict(met: boolean): string {
  return met ? "met" : "MISSED";
}

function ms(milliseconds: number): string {
  return milliseconds.toFixed(milliseconds < 10 ? 2 : 0);
}
