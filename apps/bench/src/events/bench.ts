import { quantile } from "../median.js";
import { inFolder } from "../sqlite/open-files.js";
import type { StoreName } from "../stores/store-name.js";
import { type ManyReaders, measureReaders, measureUnread, type UnreadStreams } from "./fan-out.js";
import { type Latencies, measureLatency } from "./latency.js";

export interface EventsOptions {
  readonly stores: readonly StoreName[];
  readonly quick: boolean;
  readonly json: boolean;
}

const unread = 200;
const readers = 1_000;
const perSecond = 100;

/**
 * From a commit to a stream in another process, beside what databases publish by hand; what streams that never read
 * cost writers, and what a thousand that read make a server hold.
 */
export async function benchEvents({ stores, quick, json }: EventsOptions): Promise<void> {
  const print = (figures: object, text: string): void => console.log(json ? JSON.stringify(figures) : text);
  for (const store of stores) {
    const found = await inFolder((folder) => measureLatency(store, folder, quick ? 200 : 2_000));
    for (const each of found) print(latencyFigures(each), latencyText(each));
  }
  const beside = await measureUnread(unread, quick ? 3 : 7, quick ? 2_000 : 5_000);
  print({ unread, ...beside }, unreadText(beside));
  const many = await measureReaders(readers, perSecond, quick ? 10 : 60);
  print({ readers, ...many }, readersText(many));
}

function latencyFigures({ name, taken }: Latencies): object {
  return { name, p50Ms: quantile(taken, 0.5), p99Ms: quantile(taken, 0.99), maxMs: Math.max(...taken) };
}

const ms = (value: number): string => `${value.toFixed(2)} ms`;
const ratio = (value: number): string => value.toFixed(3);

function latencyText({ name, taken }: Latencies): string {
  return (
    `${name}: from the end of a commit to its arrival over a stream: median ${ms(quantile(taken, 0.5))}, ` +
    `p99 ${ms(quantile(taken, 0.99))}, at most ${ms(Math.max(...taken))}, of ${taken.length}`
  );
}

function unreadText(found: UnreadStreams): string {
  return (
    `${unread} streams that never read: CPU per write ${ratio(found.cpuRatio)} of that without ` +
    `(control ${ratio(found.controlCpuRatio)}), median ${ratio(found.medianRatio)}, p99 ${ratio(found.p99Ratio)} ` +
    `(control ${ratio(found.controlP99Ratio)}); all closed after ${(found.closedMs / 1_000).toFixed(1)} s of writing`
  );
}

function readersText(found: ManyReaders): string {
  const all = (values: readonly number[]): string => values.map((value) => value.toFixed(0)).join(", ");
  return (
    `${readers} streams that read ${found.perSecond.toFixed(0)} events a second each (the least got ` +
    `${(found.leastShare * 100).toFixed(1)} %): resident ${all(found.rssMb)} MiB, heap ${all(found.heapMb)} MiB, ` +
    `${(found.cpuShare * 100).toFixed(0)} % of a core`
  );
}
