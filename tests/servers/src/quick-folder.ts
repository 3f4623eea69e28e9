import { mkdtempSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const memory = "/dev/shm";
const spareBytesMin = 500_000_000;

/**
 * A new temporary folder, in memory where the system has room for one: for files of tests that no crash of a machine is
 * about.
 */
export function quickFolder(prefix: string): string {
  return mkdtempSync(join(hasRoom() ? memory : tmpdir(), prefix));
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= spareBytesMin;
  } catch {
    return false;
  }
}
