import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

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
  const sorted = taken.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { medianMs: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}
