import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { quantile } from "../median.js";

/** How long something took, over many times: in milliseconds. */
export interface Durations {
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What the disk takes to make 4 KiB durable. No store that promises as much can be faster, or pause for less. */
export function measureDisk(folder: string, times: number): Durations {
  const file = openSync(join(folder, "disk"), "w");
  const page = Buffer.alloc(4_096, 1);
  const taken = Array.from({ length: times }, () => {
    writeSync(file, page);
    const startedAt = performance.now();
    fdatasyncSync(file);
    return performance.now() - startedAt;
  });
  closeSync(file);
  return { medianMs: quantile(taken, 0.5), p99Ms: quantile(taken, 0.99), maxMs: quantile(taken, 1) };
}
