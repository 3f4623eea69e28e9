import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Counts how often a process, and those that it makes meanwhile, ask for what they wrote to be put on the disk. */
export interface SyncCounter {
  /** Ends the counting. */
  readonly count: () => Promise<number>;
}

/** Attaches `strace`; says why where that can't be done here. */
export async function countSyncs(pid: number, folder: string): Promise<SyncCounter | string> {
  const file = join(folder, "strace");
  const call = ["-f", "-c", "-e", "trace=fsync,fdatasync", "-o", file, "-p", String(pid)];
  const strace = spawn("strace", call, { stdio: ["ignore", "ignore", "pipe"] });
  const problem = await attached(strace);
  if (problem !== undefined) return problem;
  return {
    async count() {
      const ended = once(strace, "exit");
      strace.kill("SIGINT");
      await ended;
      const lines = readFileSync(file, "utf8").matchAll(/^ *[\d.]+ +[\d.]+ +\d+ +(\d+)(?: +\d+)? +f(?:data)?sync$/gm);
      return [...lines].reduce((sum, [, calls]) => sum + Number(calls), 0);
    },
  };
}

function attached(strace: ChildProcess): Promise<string | undefined> {
  let said = "";
  return new Promise((resolve) => {
    strace.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (/attached/.test(said)) resolve(undefined);
    });
    strace.on("error", () => resolve("strace is not on this machine"));
    strace.on("exit", () => resolve(`strace may not look at processes here: ${said.trim()}`));
  });
}
