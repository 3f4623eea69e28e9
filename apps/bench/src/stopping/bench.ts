import { setTimeout as pause } from "node:timers/promises";
import { frameworkNames } from "../http/servers/all.js";
import { median } from "../median.js";
import { inFolder } from "../sqlite/open-files.js";
import type { StoreName } from "../stores/store-name.js";
import { startShop } from "../worst/shop.js";

export interface StoppingOptions {
  readonly stores: readonly StoreName[];
  readonly quick: boolean;
  readonly json: boolean;
}

/** How many clients wait, and how many read a stream, when a sample is told to stop. */
const each = 50;

/** Seen from the folder of the built bench. */
const withWaits = `--import ${new URL("../../shop/src/with-waits.mjs", import.meta.url).href}`;

/** Says how long each sample takes from SIGTERM to the end of its process while clients wait and read streams. */
export async function benchStopping({ stores, quick, json }: StoppingOptions): Promise<void> {
  for (const store of stores) {
    for (const app of frameworkNames) {
      const took: number[] = [];
      for (let round = 0; round < (quick ? 2 : 7); round++)
        await inFolder(async (folder) => {
          took.push(await measure(app, store, folder));
        });
      const figures = { store, app, medianMs: median(took), maxMs: Math.max(...took) };
      console.log(json ? JSON.stringify(figures) : textOf(figures));
    }
  }
}

/** @throws Error where a client was cut off in place of being answered */
async function measure(app: string, store: StoreName, folder: string): Promise<number> {
  const shop = await startShop(app, store, folder, { NODE_OPTIONS: withWaits });
  try {
    const origin = `http://127.0.0.1:${shop.port}`;
    const numbers = Array.from({ length: each }, (_, n) => n);
    const answers = numbers.map(async (n) => (await fetch(`${origin}/waits/${n}`)).status);
    const streams = await Promise.all(numbers.map((n) => fetch(`${origin}/streams/${n}`)));
    const ends = Promise.allSettled([...answers, ...streams.map((stream) => stream.text())]);
    for (let open = ""; !open.includes(`"waiters":${each},"streams":${each},`); await pause(10))
      open = await (await fetch(`${origin}/waits`)).text();
    const startedAt = performance.now();
    await shop.stop();
    const tookMs = performance.now() - startedAt;
    const whole = (await ends).filter(
      (end) => end.status === "fulfilled" && (end.value === 503 || end.value === "hello"),
    );
    if (whole.length < 2 * each) throw new Error(`Of ${2 * each} clients ${whole.length} were answered.`);
    return tookMs;
  } finally {
    await shop.close();
  }
}

function textOf({
  store,
  app,
  medianMs,
  maxMs,
}: Record<"store" | "app", string> & Record<"medianMs" | "maxMs", number>) {
  const open = `${each} waits and ${each} streams open`;
  return `${app} on ${store}, with ${open}: ended ${medianMs.toFixed(0)} ms after SIGTERM, ${maxMs.toFixed(0)} at most`;
}
