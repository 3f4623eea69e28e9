import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createMemoryStore } from "@unclash/memory";
import { mount } from "@unclash/node";
import { createUnclash } from "unclash";
import { z } from "zod";

/** Needs processes: it runs what `pnpm build` made. */
const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** The server in a process of its own. */
export interface Running {
  readonly origin: string;
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string }>;
}

/** Starts the server, and waits until it listens. */
export async function start(): Promise<Running> {
  const child = spawn(process.execPath, [main], { env: { PORT: "0" }, stdio: ["ignore", "pipe", "inherit"] });
  let stdout = "";
  const listening = new Promise<string>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      const origin = /^listening on (http:\/\/\S+)\n/m.exec(stdout)?.[1];
      if (origin !== undefined) resolve(origin);
    });
  });
  const ended = once(child, "close").then(([code]) => ({ code, stdout }));
  const failed = ended.then(({ code }) => Promise.reject(new Error(`The process ended with ${code}.`)));
  // Once it listens, nobody waits for this any more.
  failed.catch(() => {});
  return { origin: await Promise.race([listening, failed]), kill: (signal) => void child.kill(signal), ended };
}

/** The engine with the same collection: what the contract says, for comparison. */
export async function startEngine(): Promise<{ readonly origin: string; readonly close: () => void }> {
  const notes = { schema: z.looseObject({}) };
  const server = createServer(mount(createUnclash({ store: createMemoryStore(), collections: { notes } })));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new TypeError("The engine's server has no port.");
  const { port }: AddressInfo = address;
  return { origin: `http://127.0.0.1:${port}`, close: () => void server.close() };
}
