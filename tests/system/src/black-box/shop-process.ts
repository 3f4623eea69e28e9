import { existsSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startOwned } from "@unclash/test-servers";

export const sampleNames = ["node", "express", "koa", "fastify"] as const;

export type SampleName = (typeof sampleNames)[number];

/** A sample that runs in a process of its own, and may be killed and started again. */
export interface ShopProcess {
  /** Stays the same when it is started again. */
  readonly origin: string;
  readonly port: number;
  /** Of the process that runs now. */
  readonly pid: () => number;
  readonly signal: (signal: NodeJS.Signals) => void;
  /** Ends it, and waits until it has. @default "SIGKILL" */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** Starts it again, on the same port. Resolves once it listens. */
  readonly start: () => Promise<void>;
  readonly output: () => string;
}

export interface ShopOptions {
  readonly sample?: SampleName;
  /** `UNCLASH_STORE` */
  readonly store: string;
  /** Further environment variables. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What runs it, such as `["node", "/a/main.js"]`. @default the sample that `pnpm build` made */
  readonly program?: readonly string[];
}

/** No machine takes so long to start one. */
const startMs = 120_000;

/** Starts a sample on a free port. It ends with this process at the latest. */
export async function startShop({
  sample = "node",
  store,
  variables = {},
  program,
}: ShopOptions): Promise<ShopProcess> {
  const command = program ?? [process.execPath, builtSample(sample)];
  const run = async (port: number) => {
    const environment = { PATH: process.env["PATH"] ?? "", UNCLASH_STORE: store, PORT: String(port), ...variables };
    const assignments = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const owned = await startOwned("/usr/bin/env", ["-i", ...assignments, ...command], { folder: shopsFolder });
    const origin = (): string | undefined => /^listening on (http:\/\/\S+)$/m.exec(owned.output())?.[1];
    for (const endsAt = performance.now() + startMs; ; await delay(10)) {
      const found = origin();
      if (found !== undefined) return { owned, origin: found };
      if (!owned.hasEnded() && performance.now() < endsAt) continue;
      await owned.end("SIGKILL");
      throw new Error(`${command.join(" ")} did not start on ${store}: ${owned.output()}`);
    }
  };
  mkdirSync(shopsFolder, { recursive: true });
  let { owned, origin } = await run(0);
  const port = Number(new URL(origin).port);
  return {
    origin,
    port,
    pid: () => owned.pid,
    signal: (signal) => void process.kill(owned.pid, signal),
    stop: (signal = "SIGKILL") => owned.end(signal),
    async start() {
      ({ owned, origin } = await run(port));
    },
    output: () => owned.output(),
  };
}

/** Where all shops run: on Redis they keep their customers in a file there, named after the store. */
export const shopsFolder: string = join(tmpdir(), "unclash-shops");

function builtSample(name: SampleName): string {
  const main = fileURLToPath(new URL(`../../../../apps/${name}/dist/main.js`, import.meta.url));
  if (!existsSync(main)) throw new Error(`${main} is not there: run \`pnpm build\` first`);
  return main;
}
