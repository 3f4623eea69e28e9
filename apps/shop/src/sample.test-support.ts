import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** The samples, each in a folder of its name. */
export const sampleNames = ["express", "koa", "fastify", "node"] as const;

export type SampleName = (typeof sampleNames)[number];

/** A built sample that runs in a process of its own. */
export interface Sample {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  kill(signal: NodeJS.Signals): void;
  /** How it ended, once it has. */
  readonly ended: Promise<Ending>;
}

/** How a process ended, and all that it printed. */
export interface Ending {
  /** `null` where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** For `NODE_OPTIONS` of a sample: it has routes that wait, and that stream; see waiting-shop.mjs. */
export const withWaits: string = `--import ${new URL("with-waits.mjs", import.meta.url).href}`;

/** For `NODE_OPTIONS` of a sample: how long running requests are given, instead of the four seconds of `graceMs`. */
export function withGrace(graceMs: number): string {
  const module = `
    const set = setTimeout;
    globalThis.setTimeout = (run, ms) => set(run, ms === 4_000 ? ${graceMs} : ms);
  `;
  return `--import data:text/javascript,${encodeURIComponent(module)}`;
}

/** Whether every case is run on every sample; otherwise each case is run on one of them at least, and each of them. */
export const isSoak = process.env["SOAK"] !== undefined;

/** Where what ends a process is left. */
export type Until = (end: () => void) => void;

/**
 * Starts a sample on a free port, in memory unless told otherwise, and waits until it listens.
 *
 * @param until what is called with the process's end. @default the end of the test
 */
export async function startSample(
  name: SampleName,
  variables: Readonly<Record<string, string>> = {},
  until: Until = onTestFinished,
): Promise<Sample> {
  const { ended, listening, kill } = spawnSample(name, variables, until);
  const origin = await Promise.race([listening, ended.then(failToStart)]);
  return { origin, kill, ended };
}

/** Runs a sample that is not expected to start. */
export function runSample(name: SampleName, variables: Readonly<Record<string, string>>): Promise<Ending> {
  return spawnSample(name, variables, onTestFinished).ended;
}

/** A new folder, gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "unclash-shop-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

interface Spawned extends Omit<Sample, "origin"> {
  readonly listening: Promise<string>;
}

/** Runs what `pnpm build` made of a sample. */
function spawnSample(name: SampleName, variables: Readonly<Record<string, string>>, until: Until): Spawned {
  const main = fileURLToPath(new URL(`../../${name}/dist/main.js`, import.meta.url));
  const env = { PATH: process.env["PATH"], UNCLASH_STORE: "memory:", PORT: "0", ...variables };
  const child = spawn(process.execPath, [main], { env, stdio: ["ignore", "pipe", "pipe"] });
  until(() => void child.kill("SIGKILL"));
  let stdout = "";
  let stderr = "";
  const listening = new Promise<string>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      const origin = /^listening on (http:\/\/\S+)\n/m.exec(stdout)?.[1];
      if (origin !== undefined) resolve(origin);
    });
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = once(child, "close").then(([code]) => ({ code, stdout, stderr }));
  return { listening, ended, kill: (signal) => void child.kill(signal) };
}

function failToStart({ code, stderr }: Ending): never {
  throw new Error(`The sample ended with ${code} before it listened: ${stderr}`);
}
