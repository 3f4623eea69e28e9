import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A file system with little room, in memory. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all the room that is left. */
  readonly fill: () => void;
  /** Gives it back. */
  readonly free: () => void;
}

/** Mounts one until the end of the test; says why where that can't be done here. */
export function mountSmallDisk(mebibytes: number): SmallDisk | string {
  const mountPoint = mkdtempSync(join(tmpdir(), "unclash-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", mountPoint], { stdio: "pipe" });
  } catch (error) {
    rmSync(mountPoint, { recursive: true });
    return `a small file system can't be mounted here: ${error instanceof Error ? error.message.trim() : error}`;
  }
  onTestFinished(() => {
    execFileSync("umount", ["--lazy", mountPoint]);
    rmSync(mountPoint, { recursive: true });
  });
  const filler = join(mountPoint, "filler");
  return {
    folder: mountPoint,
    fill: () => fill(filler),
    free: () => rmSync(filler, { force: true }),
  };
}

function fill(file: string): void {
  const descriptor = openSync(file, "a");
  try {
    for (let bytes = 2 ** 20; bytes >= 1; ) {
      try {
        writeSync(descriptor, Buffer.alloc(bytes));
      } catch {
        bytes = Math.floor(bytes / 4);
      }
    }
  } finally {
    closeSync(descriptor);
  }
}
