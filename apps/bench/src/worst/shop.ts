import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startPostgres, startRedis } from "@unclash/test-servers";
import type { StoreName } from "../stores/store-name.js";

/** A sample shop in a process of its own, and what it has used up to now. */
export interface Shop {
  readonly port: number;
  /** Milliseconds of processor time, of all its threads. */
  cpuMs(): number;
  /** Begins to look for the most memory anew; gives what it holds, in MiB. */
  markMemory(): number;
  /** The most memory since then, in MiB. */
  peakMemory(): number;
  hasEnded(): boolean;
  /** Tells it to stop by SIGTERM, and waits until its process has ended. */
  stop(): Promise<void>;
  /** Stops it, and removes what its store was on. */
  close(): Promise<void>;
}

/**
 * Starts a shop as users do, on a store of this kind. PostgreSQL and Redis are private servers, which end with it.
 *
 * @param variables of its environment, besides
 */
export async function startShop(
  app: string,
  name: StoreName,
  folder: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Shop> {
  const { location, remove } = await openLocation(name, folder);
  const main = fileURLToPath(new URL(`../../${app}/dist/main.js`, import.meta.url));
  const process = spawn(globalThis.process.execPath, [main], {
    env: {
      ...globalThis.process.env,
      HOST: "127.0.0.1",
      PORT: "0",
      UNCLASH_STORE: location,
      UNCLASH_LIMITS: "off",
      ...variables,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = await portOf(process);
  const pid = process.pid ?? 0;
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => process.once("exit", resolve));
    if (process.exitCode === null && process.kill()) await ended;
  };
  return {
    port,
    cpuMs: () => cpuMsOf(pid),
    markMemory() {
      writeFileSync(`/proc/${pid}/clear_refs`, "5");
      return memoryOf(pid, "VmRSS");
    },
    peakMemory: () => memoryOf(pid, "VmHWM"),
    hasEnded: () => process.exitCode !== null || process.signalCode !== null,
    stop,
    async close() {
      await stop();
      await remove();
    },
  };
}

async function openLocation(
  name: StoreName,
  folder: string,
): Promise<{ readonly location: string; readonly remove: () => Promise<void> }> {
  switch (name) {
    case "memory":
      return { location: "memory:", remove: async () => {} };
    case "sqlite":
      return { location: `sqlite:${join(folder, "worst.db")}`, remove: async () => {} };
    case "postgres": {
      const { url, remove } = await startPostgres();
      return { location: url, remove };
    }
    case "redis": {
      const { url, remove } = await startRedis();
      return { location: url, remove };
    }
  }
}

function portOf(process: ChildProcess): Promise<number> {
  const { stdout } = process;
  if (stdout === null) throw new TypeError("A shop's output is piped.");
  return new Promise((resolve, reject) => {
    process.once("exit", (code) => reject(new Error(`The shop ended with ${code} before it listened.`)));
    createInterface({ input: stdout }).on("line", (line) => {
      const port = /^listening on http:.*:(\d+)$/.exec(line)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
  });
}

/** What Linux has counted for each thread, in nanoseconds: `/proc/…/stat` counts in steps of 10 ms. */
function cpuMsOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const spent = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
  );
  return spent.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
}

function memoryOf(pid: number, name: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) / 1_024;
}
