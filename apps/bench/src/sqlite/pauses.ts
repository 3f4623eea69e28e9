import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { WriterReport } from "./write-for-a-while.js";

/** Lets two processes, with four writers each, write to one file at once. */
export async function measurePauses(folder: string, durationMs: number): Promise<readonly WriterReport[]> {
  // The build puts this module's code next to the folder of the other's entry.
  const entry = fileURLToPath(new URL("./sqlite/write-for-a-while.js", import.meta.url));
  const file = join(folder, "shared.db");
  const processes = ["a", "b"].map((name) => fork(entry, [file, name, "4", String(durationMs)]));
  try {
    await Promise.all(processes.map((child) => once(child, "message")));
    const reports = processes.map((child) => once(child, "message"));
    for (const child of processes) child.send("go");
    return (await Promise.all(reports)).map(([report]: WriterReport[]) => reported(report));
  } finally {
    for (const child of processes) child.kill();
  }
}

function reported(report: WriterReport | undefined): WriterReport {
  if (report === undefined) throw new TypeError("A writer reported nothing.");
  return report;
}
