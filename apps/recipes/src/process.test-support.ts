import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type OwnedProcess, startOwned } from "@unclash/test-servers";

/** No machine takes so long to start one. */
const startMs = 120_000;

/** A recipe that runs in a process of its own. */
export interface RecipeProcess {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** What it has written to its console so far. */
  readonly output: () => string;
  readonly stop: () => Promise<void>;
}

/** Starts what `pnpm build` made of a recipe, such as `pg` or `before/pg`, and waits until it listens. */
export async function startRecipe(name: string, variables: Readonly<Record<string, string>>): Promise<RecipeProcess> {
  const main = fileURLToPath(new URL(`../dist/${name}.js`, import.meta.url));
  if (!existsSync(main)) throw new Error(`${main} is not there: run \`pnpm build\` first`);
  const environment = { PATH: process.env["PATH"] ?? "", ...variables };
  const assignments = Object.entries(environment).map(([variable, value]) => `${variable}=${value}`);
  const owned = await startOwned("/usr/bin/env", ["-i", ...assignments, process.execPath, main]);
  return { origin: await originOf(owned, name), output: () => owned.output(), stop: () => owned.end("SIGKILL") };
}

async function originOf(owned: OwnedProcess, name: string): Promise<string> {
  for (const endsAt = performance.now() + startMs; ; await delay(10)) {
    const origin = /^listening on (http:\/\/\S+)$/m.exec(owned.output())?.[1];
    if (origin !== undefined) return origin;
    if (!owned.hasEnded() && performance.now() < endsAt) continue;
    await owned.end("SIGKILL");
    throw new Error(`${name} did not start: ${owned.output()}`);
  }
}
