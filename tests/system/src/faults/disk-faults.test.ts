// These tests look at what reaches the disk, and fill it: `pnpm build` comes first.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { acknowledgedMore } from "../black-box/black-box.js";
import { type ShopProcess, startShop } from "../black-box/shop-process.js";
import { isSoak } from "../black-box/soak.js";
import { countSyncs } from "./count-syncs.js";
import { canOwn, type DurableKind, durableKinds, ownPlace, temporaryFolder } from "./own-place.js";
import { originsOf, startShops, survive } from "./shops.js";
import { mountSmallDisk } from "./small-disk.js";
import { createWriter, statusOf } from "./writer.js";

const commits = isSoak ? 200 : 50;

describe.sequential("a commit that was acknowledged", { timeout: 300_000 }, () => {
  for (const kind of durableKinds.filter(canOwn)) {
    it(`was put on the disk before, each by itself where one writes alone, by ${kind}`, async ({ skip }) => {
      const { store, server } = await ownPlace(kind);
      const start = async (): Promise<ShopProcess> => {
        const shop = await startShop({ store });
        onTestFinished(() => shop.stop());
        return shop;
      };
      // PostgreSQL makes a process for each connection: they are made while it is looked at.
      const early = server === undefined ? await start() : undefined;
      const syncs = await countSyncs(server?.pid() ?? early?.pid() ?? 0, temporaryFolder());
      if (typeof syncs === "string") {
        console.log(`What reaches the disk on ${kind} is not looked at: ${syncs}.`);
        return skip(syncs);
      }
      const writer = createWriter((early ?? (await start())).origin);
      onTestFinished(writer.close);
      for (let commit = 0; commit < commits; commit++) expect(statusOf(await writer.write())).toBe(200);
      const count = await syncs.count();
      console.log(`${commits} commits on ${kind}: ${count} times fsync or fdatasync`);
      expect(count).toBeGreaterThanOrEqual(commits);
    });
  }
});

/**
 * About the least with which each goes on for a while: SQLite's log may take 16 before it begins anew, a new cluster of
 * PostgreSQL takes 39, and its log grows by 16; Redis appends some 30 MiB in a long run on a fast machine, and ends
 * where they find no room. Where a store fills the disk by itself, there is nothing to free.
 */
const mebibytes: Readonly<Record<DurableKind, number>> = { sqlite: 48, redis: 64, postgres: 64 };

const kinds = (isSoak ? durableKinds : (["sqlite"] as const)).filter(canOwn);

describe.sequential("a shop of two processes on a full disk", { timeout: 300_000 }, () => {
  for (const kind of kinds) {
    it(`answers 503 to writes, and goes on once there is room, on ${kind}`, async ({ skip }) => {
      const disk = mountSmallDisk(mebibytes[kind]);
      if (typeof disk === "string") {
        console.log(`A full disk is not tried on ${kind}: ${disk}.`);
        return skip(disk);
      }
      const folder = join(disk.folder, "store");
      mkdirSync(folder);
      const { store, server } = await ownPlace(kind, folder);
      const shops = await startShops({ store });
      const writer = createWriter(shops[0].origin);
      onTestFinished(writer.close);
      let refused = 0;
      await survive(`a full disk under ${kind}`, {
        origins: () => originsOf(shops),
        timeoutMs: 60_000,
        disturb: async (run) => {
          await acknowledgedMore(run, 50);
          const fullUntilMs = performance.now() + (isSoak ? 3_000 : 0);
          while (refused < 5 || performance.now() < fullUntilMs) {
            disk.fill();
            const status = statusOf(await writer.write());
            expect([200, 409, 503, 507]).toContain(status);
            if (status >= 503) refused++;
            await delay(50);
          }
          // Redis ends itself where it can't write what it is to have on the disk at once.
          if (kind !== "redis") expect(statusOf(await writer.read())).toBe(200);
          disk.free();
          await server?.start();
          await expect.poll(async () => statusOf(await writer.write()), { timeout: 60_000, interval: 50 }).toBe(200);
        },
      });
      console.log(`a full disk under ${kind}: ${refused} writes were answered 503`);
    });
  }
});
