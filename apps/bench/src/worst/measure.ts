import { setTimeout as pause } from "node:timers/promises";
import { median } from "../median.js";
import { Client } from "./client.js";
import type { Crafted, Prepared } from "./input.js";
import type { Shop } from "./shop.js";

/** What one input costs a shop. */
export interface Cost {
  readonly name: string;
  readonly many: boolean;
  /** The status that it was answered with. */
  readonly became: string;
  /** Processor time in milliseconds: the median of the rounds. */
  readonly cpuMs: number;
  /** The most that the process grew by in any round, in MiB. */
  readonly memoryMiB: number;
  /** How long another client waited meanwhile at most, in milliseconds. */
  readonly waitedMs: number;
}

interface Round {
  readonly became: string;
  readonly cpuMs: number;
  readonly memoryMiB: number;
  readonly waitedMs: number;
}

/** Sends an input so many times, and measures the shop meanwhile. */
export async function measure(shop: Shop, crafted: Crafted, rounds: number): Promise<Cost> {
  const taken: Round[] = [];
  for (let round = 0; round < rounds && !shop.hasEnded(); round += 1) taken.push(await takeRound(shop, crafted));
  return {
    name: crafted.name,
    many: crafted.many === true,
    became: shop.hasEnded() ? "the process ended" : (taken.at(-1)?.became ?? ""),
    cpuMs: median(taken.map(({ cpuMs }) => cpuMs)),
    memoryMiB: Math.max(...taken.map(({ memoryMiB }) => memoryMiB)),
    waitedMs: median(taken.map(({ waitedMs }) => waitedMs)),
  };
}

/** One round has connections of its own: a server closes those that were idle for some seconds. */
async function takeRound(shop: Shop, crafted: Crafted): Promise<Round> {
  const [client, other] = [new Client(shop.port), new Client(shop.port)];
  try {
    const prepared = (await crafted.prepare?.(client)) ?? none;
    await pause(restMs);
    const before = shop.markMemory();
    const cpuBefore = shop.cpuMs();
    const sent = crafted.send(client, prepared).catch((error: Error) => error.message);
    const waitedMs = await longestWait(other, sent);
    const became = String(await sent);
    if (shop.hasEnded()) return { became, ...nothing };
    return { became, cpuMs: shop.cpuMs() - cpuBefore, memoryMiB: shop.peakMemory() - before, waitedMs };
  } finally {
    client.close();
    other.close();
  }
}

const none: Prepared = { path: "", first: "", current: "" };
const nothing = { cpuMs: Number.NaN, memoryMiB: Number.NaN, waitedMs: Number.NaN };

/** What a shop has still to do for the last input is not the next one's. */
const restMs = 100;
const betweenMs = 20;

/** Asks for little, again and again until something is over; gives the longest wait in milliseconds. */
async function longestWait(client: Client, over: Promise<unknown>): Promise<number> {
  let longest = 0;
  let isOver = false;
  void over.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const startedAt = performance.now();
    await client.send("GET", "/notes/little").catch(() => undefined);
    longest = Math.max(longest, performance.now() - startedAt);
    await pause(betweenMs);
  }
  return longest;
}
