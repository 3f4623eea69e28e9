// These tests run built samples, take real time and need real servers: `pnpm build` comes first.
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { type SampleName, sampleNames } from "../black-box/shop-process.js";
import { isSoak } from "../black-box/soak.js";
import { isAvailable, makePlace } from "../black-box/store-place.js";
import { originsOf, type Shops, startShops } from "../faults/shops.js";
import { type MarkReport, makeCustomers, runMarks } from "./append-marks.js";

type SqlKind = "sqlite" | "postgres";

const kinds = (["sqlite", "postgres"] as const).filter(isAvailable);

const durationMs = isSoak ? 8_000 : 0;

async function startOn(kind: SqlKind, sample: SampleName): Promise<{ readonly shops: Shops; readonly store: string }> {
  const { store, remove } = await makePlace(kind);
  onTestFinished(remove);
  return { store, shops: await startShops({ sample, store }) };
}

function expectClean(name: string, report: MarkReport): void {
  const { acknowledged, refused, unknown, seed, violations } = report;
  console.log(`${name}: ${acknowledged} acknowledged, ${refused} refused, ${unknown} unknown; seed ${seed}`);
  expect(violations.slice(0, 10), `seed ${seed}`).toEqual([]);
  expect(report.tooLittle).toBe(undefined);
}

/** Each sample on one database, Express on the other one, where it is killed as well; in the long form all on both. */
const pairs = kinds.flatMap((kind) =>
  sampleNames
    .filter((sample) => isSoak || (kind === "sqlite" && sample !== "express"))
    .map((sample) => ({ sample, kind })),
);

describe.sequential("eight clients who read customers, change them and write them back, by two processes", {
  timeout: 300_000,
}, () => {
  it.each(pairs)("lose no update on $sample and $kind", async ({ sample, kind }) => {
    const { shops } = await startOn(kind, sample);
    const origins = originsOf(shops);
    const customers = await makeCustomers(origins[0]);
    expectClean(`customers: ${sample} on ${kind}`, await runMarks({ origins, customers, durationMs }));
  });

  it.each(kinds.filter((kind) => isSoak || kind === "postgres"))(
    "lose no update where processes are killed in the middle of it, on %s",
    async (kind) => {
      const { shops } = await startOn(kind, "express");
      const origins = originsOf(shops);
      const customers = await makeCustomers(origins[0]);
      const killsMin = isSoak ? 8 : 2;
      let kills = 0;
      const report = await runMarks({
        origins,
        customers,
        durationMs,
        async disturb({ random, counts, acknowledged }) {
          for (; kills < killsMin || (counts.unknown === 0 && kills < 10 * killsMin); kills++) {
            await acknowledged(random.between(20, 80));
            const shop = shops[kills % 2 === 0 ? 0 : 1];
            await shop.stop("SIGKILL");
            await delay(200);
            await shop.start();
          }
        },
      });
      expectClean(`customers: kill -9 on ${kind}`, report);
      expect(kills).toBeGreaterThanOrEqual(killsMin);
      expect(report.unknown, "nobody was waiting for an answer when a process was killed").toBeGreaterThan(0);
    },
  );

  /** What a server does without a guard. On SQLite little comes between two statements of a process. */
  const unguarded = [
    { kind: "postgres", does: "reads, compares and then writes", compares: "1" },
    ...(isSoak ? kinds.map((kind) => ({ kind, does: "reads and then writes", compares: "0" })) : []),
  ].filter(({ kind }) => kinds.some((one) => one === kind));

  // The same clients, the same table, the same checker: it is the guard that makes the difference.
  it.each(unguarded)("lose updates on $kind to a server without a guard, which $does", async ({ kind, compares }) => {
    const { shops, store } = await startOn(kind === "sqlite" ? "sqlite" : "postgres", "express");
    const customers = await makeCustomers(shops[0].origin);
    await Promise.all(shops.map((shop) => shop.stop("SIGTERM")));
    const program = [process.execPath, fileURLToPath(new URL("unguarded.mjs", import.meta.url))];
    const origins = originsOf(await startShops({ store, program, variables: { COMPARES: compares } }));
    const atLeast = { acknowledged: 300, refused: 0, shared: 1 };
    const report = await runMarks({ origins, customers, atLeast, appendsMax: 20_000 });
    const lost = report.violations.filter(({ kind }) => kind === "lost-update");
    console.log(`customers: no guard on ${kind}: ${lost.length} of ${report.acknowledged} acknowledged updates lost`);
    expect(lost.length).toBeGreaterThan(0);
    expect(report.tooLittle).toBe(undefined);
  });
});
