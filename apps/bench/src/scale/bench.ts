import type { Cursor, Store } from "@unclash/core/store";
import { median } from "../median.js";
import { inFolder } from "../sqlite/open-files.js";
import type { StoreName } from "../stores/store-name.js";
import { tableText } from "../table.js";
import { measureCleaning } from "./cleaning.js";
import { commit, fill, textAt } from "./fill.js";
import { openPair, type Pair } from "./open-pair.js";
import { muchEdited, type Operation, operations, stillEdited, type Target } from "./operations.js";

export interface ScaleOptions {
  readonly stores: readonly StoreName[];
  /** How far the large store grows. */
  readonly recordsMax: number;
  readonly quick: boolean;
  readonly json: boolean;
}

const smallRecords = 1_000;
const versions = 1_000;

/**
 * Grows one store tenfold again and again, and compares what reads and commits cost with a small one beside it; and
 * shows what a cleaning does to the commits that go on meanwhile.
 */
export async function benchScale({ stores, recordsMax, quick, json }: ScaleOptions): Promise<void> {
  for (const name of stores) {
    await inFolder(async (folder) => {
      const pair = await openPair(name, folder);
      try {
        const rows = await grow(pair, recordsMax, quick ? 3 : 7);
        const cleaning = await measureCleaning(pair.large, quick ? 20_000 : 100_000);
        if (json) console.log(JSON.stringify({ store: name, rows, cleaning }));
        else console.log(`${textOf(name, rows)}\n${cleaning}\n`);
      } finally {
        await pair.close();
      }
    });
  }
}

interface Row {
  readonly operation: string;
  /** Of the small store, in microseconds. */
  readonly smallUs: number;
  /** What the large one takes in relation, by its size. */
  readonly ratios: readonly { readonly records: number; readonly ratio: number }[];
}

async function grow({ small, large }: Pair, recordsMax: number, rounds: number): Promise<readonly Row[]> {
  const smallTarget = await prepare(small, 0, smallRecords);
  const rows = operations.map(({ name }) => ({ operation: name, smallUs: 0, ratios: [] as Row["ratios"][number][] }));
  let held = 0;
  for (let records = smallRecords; records <= recordsMax; records *= 10) {
    console.error(`… ${records.toLocaleString("en")} records`);
    const target = await prepare(large, held, records);
    held = records;
    for (const [at, operation] of operations.entries()) {
      const { smallUs, ratio } = await compare(operation, { small, smallTarget, large, target }, rounds);
      const row = rows[at];
      row?.ratios.push({ records, ratio });
      if (row !== undefined) row.smallUs = smallUs;
    }
  }
  return rows;
}

/** Fills a store up to so many records, and then adds what the operations work on. */
async function prepare(store: Store, from: number, to: number): Promise<Target> {
  await fill(store, from, to);
  if (from === 0) {
    for (let edit = 1; edit <= versions; edit++) {
      const put = textAt(0, edit);
      const writes = [muchEdited, stillEdited].map((key) => ({ key, expect: "any" as const, put }));
      await commit(store, { writes, events: [] });
    }
  }
  const cursor = await endOf(store);
  for (let n = 0; n < 120; n++) await commit(store, { writes: [], events: [{ type: "marker", key: "marker/1" }] });
  return { records: to, cursor };
}

async function endOf(store: Store): Promise<Cursor> {
  for await (const item of store.follow("now", new AbortController().signal)) if ("reset" in item) return item.reset;
  throw new Error("The store ended.");
}

interface Both {
  readonly small: Store;
  readonly smallTarget: Target;
  readonly large: Store;
  readonly target: Target;
}

async function compare(
  operation: Operation,
  { small, smallTarget, large, target }: Both,
  rounds: number,
): Promise<{ readonly smallUs: number; readonly ratio: number }> {
  const taken: { readonly small: number; readonly large: number }[] = [];
  await timeOf(operation, small, smallTarget);
  await timeOf(operation, large, target);
  for (let round = 0; round < rounds; round++) {
    taken.push({
      small: await timeOf(operation, small, smallTarget),
      large: await timeOf(operation, large, target),
    });
  }
  return {
    smallUs: median(taken.map((times) => times.small)),
    ratio: median(taken.map((times) => times.large / times.small)),
  };
}

const sliceMs = 250;

/** How long it takes at the mean, one after the other, in microseconds. */
async function timeOf({ run }: Operation, store: Store, target: Target): Promise<number> {
  const startedAt = performance.now();
  let count = 0;
  for (; performance.now() - startedAt < sliceMs; count++) await run(store, target);
  return ((performance.now() - startedAt) * 1_000) / count;
}

function textOf(name: StoreName, rows: readonly Row[]): string {
  const sizes = rows[0]?.ratios.map(({ records }) => records.toLocaleString("en")) ?? [];
  const cells = rows.map(({ operation, smallUs, ratios }) => [
    operation,
    `${smallUs.toFixed(0)} µs`,
    ...ratios.map(({ ratio }) => ratio.toFixed(2)),
  ]);
  return [
    `${name}: time in relation to a store of ${smallRecords.toLocaleString("en")} records beside it`,
    tableText([["", "small", ...sizes], ...cells], 1),
  ].join("\n");
}
