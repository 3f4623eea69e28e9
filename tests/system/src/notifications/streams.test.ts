// These tests run built samples in processes of their own: `pnpm build` comes first.
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { chooseSeed, createRandom } from "../black-box/random.js";
import { type ShopProcess, startShop } from "../black-box/shop-process.js";
import { isSoak } from "../black-box/soak.js";
import { isAvailable, makePlace, processesOf, type StoreKind, storeKinds } from "../black-box/store-place.js";
import { faultsInTold, type WrittenVersion } from "./check-told.js";
import { type Follower, follow } from "./follower.js";

const rounds = isSoak ? 6 : 1;
const resources = ["one", "two", "three"];
const query = resources.map((id) => `resource=notes/${id}`).join("&");

const history = z.object({
  items: z.array(z.object({ version: z.number(), etag: z.string() })),
  next: z.string().nullable(),
});
const poll = z.object({ next: z.string() });

/** Writes its own resource as long as it is told to; half of its writes name a state that is over. */
async function write(origins: readonly string[], id: string, goOn: () => boolean): Promise<void> {
  for (let n = 0; goOn(); n += 1) {
    const origin = origins[n % origins.length];
    const headers = { "content-type": "application/json", ...(n % 2 === 1 && { "if-match": '"1-over"' }) };
    const sent = { method: "PUT", headers, body: JSON.stringify({ items: [], n }), signal: AbortSignal.timeout(2_000) };
    // What is cut off may have been written: the history tells.
    await fetch(`${origin}/notes/${id}`, sent).then(
      (response) => response.arrayBuffer(),
      () => undefined,
    );
    await pause(5);
  }
}

/** One process dies and comes again, the other sleeps for a while: never both at once. */
async function disturb(shops: readonly ShopProcess[]): Promise<void> {
  const [first, second] = shops;
  for (let round = 0; round < rounds; round += 1) {
    await pause(1_200);
    await first?.stop("SIGKILL");
    await pause(200);
    await first?.start();
    await pause(800);
    second?.signal("SIGSTOP");
    await pause(1_500);
    second?.signal("SIGCONT");
    await pause(600);
  }
}

async function writtenOf(origin: string): Promise<readonly WrittenVersion[]> {
  const written: WrittenVersion[] = [];
  for (const id of resources) {
    const found: WrittenVersion[] = [];
    for (let after = ""; ; ) {
      const url = `${origin}/notes/${id}/versions?limit=100${after}`;
      const { items, next } = history.parse(await (await fetch(url)).json());
      found.push(...items.map(({ version, etag }) => ({ resource: `notes/${id}`, version, etag })));
      if (next === null) break;
      after = `&after=${next}`;
    }
    written.push(...found.reverse());
  }
  return written;
}

/** Waits until a follower was told of the last version of all, or of nothing new for a while. */
async function settle(followers: readonly Follower[], count: number): Promise<void> {
  for (let quiet = 0, before = -1; quiet < 60; quiet += 1) {
    const least = Math.min(...followers.map(({ told }) => told.length));
    if (least >= count) return;
    const all = followers.reduce((sum, { told }) => sum + told.length, 0);
    if (all !== before) quiet = 0;
    before = all;
    await pause(100);
  }
}

async function run(kind: StoreKind, planted: { readonly forgetsItsPlace?: boolean } = {}) {
  const { store, remove } = await makePlace(kind);
  onTestFinished(remove);
  const shops = await Promise.all(Array.from({ length: processesOf(kind) }, () => startShop({ store })));
  for (const shop of shops) onTestFinished(() => shop.stop());
  const origins = shops.map(({ origin }) => origin);
  const seed = chooseSeed();
  const random = createRandom(seed);
  const after = await placeOf(origins[0] ?? "");
  const followers = Array.from({ length: 4 }, () =>
    follow({ origins, query, after, random: random.fork(), ...planted }),
  );
  let isRunning = true;
  const writing = resources.map((id) => write(origins, id, () => isRunning));
  if (shops.length > 1) await disturb(shops);
  else await pause(3_000);
  isRunning = false;
  await Promise.all(writing);
  const written = await writtenOf(origins[0] ?? "");
  await settle(followers, written.length);
  for (const follower of followers) await follower.stop();
  const connections = followers.reduce((sum, each) => sum + each.connections(), 0);
  return {
    seed,
    written,
    connections,
    faults: faultsInTold(
      written,
      followers.map(({ told }) => told),
    ),
  };
}

/** The place behind all that was there before. */
async function placeOf(origin: string): Promise<string> {
  for (let after = ""; ; ) {
    const response = await fetch(`${origin}/conflict-notifications/events?limit=100${after}`);
    const page: unknown = await response.json();
    const { next } = poll.parse(page);
    if (Reflect.get(Object(page), "items").length === 0) return next;
    after = `&after=${next}`;
  }
}

describe.sequential("streams that are cut off, of processes that die and sleep", { timeout: 300_000 }, () => {
  for (const kind of storeKinds.filter(isAvailable))
    it(`tell each version once, in order, on ${kind}`, async () => {
      const { seed, written, connections, faults } = await run(kind);
      expect(faults.slice(0, 10), `seed ${seed}`).toEqual([]);
      expect(written.length).toBeGreaterThan(30);
      expect(connections).toBeGreaterThan(8);
    });

  it("would be found out to lose something: they do for a client that forgets its place", async () => {
    const { faults } = await run("memory", { forgetsItsPlace: true });
    expect(faults.join("\n")).toMatch(/came behind/);
  });
});
