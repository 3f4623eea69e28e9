import { setTimeout as pause } from "node:timers/promises";
import { frameworkNames } from "../http/servers/all.js";
import { listening } from "../http/servers/listening.js";
import { median } from "../median.js";
import { inFolder } from "../sqlite/open-files.js";
import type { StoreName } from "../stores/store-name.js";
import { startShop } from "../worst/shop.js";

export interface StoppingOptions {
  readonly stores: readonly StoreName[];
  readonly quick: boolean;
  readonly json: boolean;
}

/** How many clients wait, and how many read a stream of each kind, when a sample is told to stop. */
const each = 50;

/** A client may have so many streams of events. */
const streamsOfOne = 10;

/** So many deliveries are in flight: as many as one subscription may have, at receivers that never answer. */
const receivers = 5;
const deliveriesOfOne = 4;

const clients = Array.from({ length: each / streamsOfOne }, (_, n) => `client${n}`);
const tokens = clients.map((name) => `${name}=${name}:client`).join(",");

/** Seen from the folder of the built bench. */
const withWaits = `--import ${new URL("../../shop/src/with-waits.mjs", import.meta.url).href}`;

/**
 * Says how long each sample takes from SIGTERM to the end of its process while clients wait and read streams, and
 * webhooks are on their way to receivers that never answer.
 */
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
  const shop = await startShop(app, store, folder, {
    NODE_OPTIONS: withWaits,
    UNCLASH_TOKENS: tokens,
    UNCLASH_PRIVATE_CALLBACKS: "yes",
  });
  const silent = await startSilentReceivers(receivers);
  try {
    const origin = `http://127.0.0.1:${shop.port}`;
    await subscribe(origin, silent.urls);
    const events = await openEventStreams(origin);
    for (let n = 0; n < deliveriesOfOne; n += 1) await put(`${origin}/notes/${n}`);
    while (silent.requests() < receivers * deliveriesOfOne) await pause(10);
    const numbers = Array.from({ length: each }, (_, n) => n);
    const answers = numbers.map(async (n) => (await fetch(`${origin}/waits/${n}`)).status);
    const streams = await Promise.all(numbers.map((n) => fetch(`${origin}/streams/${n}`)));
    const ends = Promise.allSettled([...answers, ...[...streams, ...events].map((stream) => stream.text())]);
    for (let open = ""; !open.includes(`"waiters":${each},"streams":${2 * each},`); await pause(10))
      open = await (await fetch(`${origin}/waits`)).text();
    const startedAt = performance.now();
    await shop.stop();
    const tookMs = performance.now() - startedAt;
    const whole = (await ends).filter(
      ({ status, ...end }) =>
        status === "fulfilled" &&
        "value" in end &&
        (end.value === 503 || end.value === "hello" || String(end.value).startsWith("retry: ")),
    );
    if (whole.length < 3 * each) throw new Error(`Of ${3 * each} clients ${whole.length} were answered.`);
    return tookMs;
  } finally {
    await shop.close();
    silent.close();
  }
}

/** Servers that take requests, and never answer. */
async function startSilentReceivers(count: number) {
  let requests = 0;
  const servers = await Promise.all(
    Array.from({ length: count }, () =>
      listening(() => {
        requests += 1;
      }),
    ),
  );
  return {
    urls: servers.map((server) => {
      const address = server.address();
      return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
    }),
    requests: () => requests,
    close: () => {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

async function subscribe(origin: string, urls: readonly string[]): Promise<void> {
  for (const url of urls) {
    const response = await fetch(`${origin}/conflict-notifications`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${clients[0]}` },
      body: JSON.stringify({ resources: ["notes/*"], types: ["unclash.resource.changed"], callback: { url } }),
    });
    if (response.status !== 201) throw new Error(`A subscription was answered ${response.status}.`);
  }
}

async function put(url: string): Promise<void> {
  const response = await fetch(url, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ items: [] }),
  });
  if (!response.ok) throw new Error(`A write was answered ${response.status}.`);
}

/** Resolves once all are open. */
function openEventStreams(origin: string): Promise<readonly Response[]> {
  const url = `${origin}/conflict-notifications/stream`;
  const ofClient = (name: string) =>
    Array.from({ length: streamsOfOne }, () => fetch(url, { headers: { authorization: `Bearer ${name}` } }));
  return Promise.all(clients.flatMap(ofClient));
}

function textOf({
  store,
  app,
  medianMs,
  maxMs,
}: Record<"store" | "app", string> & Record<"medianMs" | "maxMs", number>) {
  const deliveries = receivers * deliveriesOfOne;
  const open = `${each} waits, ${each} streams, ${each} streams of events and ${deliveries} deliveries open`;
  return `${app} on ${store}, with ${open}: ended ${medianMs.toFixed(0)} ms after SIGTERM, ${maxMs.toFixed(0)} at most`;
}
