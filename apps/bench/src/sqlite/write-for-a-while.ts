import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { StoreWriter, writesPerSecond } from "../store-writer.js";
import { openStore } from "./open-files.js";

/** How a process with several writers went. */
export interface WriterReport {
  readonly writes: number;
  /** For how long its event loop was held up: beyond the millisecond between two looks. */
  readonly pauseP99Ms: number;
  readonly pauseMaxMs: number;
}

const [, , file = "", name = "", count = "", durationMs = ""] = process.argv;
const resolutionMs = 1;
const { store, close } = await openStore(file);
const writers = Array.from({ length: Number(count) }, (_, at) => new StoreWriter(store, `articles/${name}-${at}`));
// Start-up is not what is measured.
await writesPerSecond(writers, 400);

process.once("message", async () => {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  let writes = 0;
  let running = true;
  delay.enable();
  const working = writers.map(async (writer) => {
    for (; running; writes++) await writer.write();
  });
  await pause(Number(durationMs));
  running = false;
  await Promise.all(working);
  delay.disable();
  tell({ writes, pauseP99Ms: beyond(delay.percentile(99)), pauseMaxMs: beyond(delay.max) });
  await close();
  process.disconnect();
});
process.send?.("ready");

function beyond(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - resolutionMs);
}

function tell(report: WriterReport): void {
  process.send?.(report);
}
