import { join } from "node:path";
import { median } from "../median.js";
import { StoreWriter, writesPerSecond } from "../store-writer.js";
import { BareTable } from "./bare-table.js";
import { openStore } from "./open-files.js";

/** Durable conditional writes of 1 KB each second, and their ratios to the bare UPDATE in the same round. */
export interface Throughput {
  readonly rounds: number;
  readonly barePerSecond: number;
  /** A second bare table to the first: what it differs from 1 by is noise. */
  readonly control: number;
  readonly oneWriter: number;
  readonly fiftyWriters: number;
}

export interface Effort {
  readonly roundsMin: number;
  readonly roundsMax: number;
  readonly writesPerRound: number;
}

/** Measures in one process, round by round, until the control is close to 1 or `roundsMax` is reached. */
export async function measureThroughput(folder: string, effort: Effort): Promise<Throughput> {
  const bare = new BareTable(join(folder, "bare.db"));
  const control = new BareTable(join(folder, "control.db"));
  const opened = await openStore(join(folder, "store.db"));
  const writers = Array.from({ length: 50 }, (_, at) => new StoreWriter(opened.store, `articles/${at}`));
  const rounds: { readonly bare: number; readonly control: number; readonly one: number; readonly fifty: number }[] =
    [];
  const writes = effort.writesPerRound;
  try {
    // Makes every record, and lets the code be compiled.
    await writesPerSecond(writers, writes);
    bare.updatesPerSecond(writes / 4);
    do {
      rounds.push({
        bare: bare.updatesPerSecond(writes / 4),
        one: await writesPerSecond(writers.slice(0, 1), writes / 4),
        control: control.updatesPerSecond(writes / 4),
        fifty: await writesPerSecond(writers, writes),
      });
    } while (rounds.length < effort.roundsMin || (rounds.length < effort.roundsMax && !isSteady(summary(rounds))));
    return summary(rounds);
  } finally {
    bare.close();
    control.close();
    await opened.close();
  }
}

/** Whether the control is within 5 % of the bare table. */
export function isSteady({ control }: Throughput): boolean {
  return Math.abs(control - 1) <= 0.05;
}

type Round = { readonly bare: number; readonly control: number; readonly one: number; readonly fifty: number };

function summary(rounds: readonly Round[]): Throughput {
  return {
    rounds: rounds.length,
    barePerSecond: median(rounds.map(({ bare }) => bare)),
    control: median(rounds.map(({ bare, control }) => control / bare)),
    oneWriter: median(rounds.map(({ bare, one }) => one / bare)),
    fiftyWriters: median(rounds.map(({ bare, fifty }) => fifty / bare)),
  };
}
