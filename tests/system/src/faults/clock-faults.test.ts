// These tests set the clocks of built samples: `pnpm build` comes first.
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { acknowledgedMore } from "../black-box/black-box.js";
import { isSoak } from "../black-box/soak.js";
import { canOwn, type DurableKind, durableKinds, ownPlace, temporaryFolder } from "./own-place.js";
import { originsOf, startShops, survive } from "./shops.js";

const hourSeconds = 3_600;
const library = findLibrary();
if (library === undefined)
  console.log("Clocks are not set in tests: libfaketime is not here (apt-get install faketime).");

function findLibrary(): string | undefined {
  if (!existsSync("/usr/lib")) return undefined;
  const folders = readdirSync("/usr/lib").map((name) => join("/usr/lib", name, "faketime"));
  return folders.map((folder) => join(folder, "libfaketime.so.1")).find((file) => existsSync(file));
}

interface Clock {
  readonly variables: Readonly<Record<string, string>>;
  readonly set: (seconds: number) => void;
}

function createClock(name: string): Clock {
  const file = join(temporaryFolder(), name);
  const set = (seconds: number): void => writeFileSync(file, `${seconds < 0 ? "" : "+"}${seconds}s\n`);
  set(0);
  const variables = {
    LD_PRELOAD: library ?? "",
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: "1",
    // Timers go on: it is the wall's clock that steps.
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
  return { variables, set };
}

/** How far a server's clock is from ours. */
async function offsetMs(origin: string): Promise<number> {
  const { headers } = await fetch(`${origin}/articles/1`);
  return Date.parse(headers.get("date") ?? "") - Date.now();
}

const steps = [hourSeconds, -hourSeconds, 0].flatMap((step) => (isSoak ? [step, step, step] : [step]));

const kinds: readonly DurableKind[] = (isSoak ? durableKinds : (["redis"] as const)).filter(canOwn);

describe
  .skipIf(library === undefined || kinds.length === 0)
  .sequential("a shop of two processes whose clocks step", { timeout: 300_000 }, () => {
    it.each(kinds)("an hour forth and back, and seconds all the time, keeps its promises on %s", async (kind) => {
      const { store } = await ownPlace(kind);
      const [far, near] = [createClock("far"), createClock("near")];
      const shops = await startShops({ store, variables: far.variables }, { store, variables: near.variables });
      const startedAt = Date.now();
      const { history } = await survive(`stepping clocks on ${kind}`, {
        origins: () => originsOf(shops),
        disturb: async (run) => {
          for (const [step, seconds] of steps.entries()) {
            near.set(step % 2 === 0 ? 1 : -1);
            far.set(seconds);
            // The library reads its file once a second.
            await expect
              .poll(async () => Math.round((await offsetMs(shops[0].origin)) / 60_000), { timeout: 60_000 })
              .toBeCloseTo(seconds / 60, 0);
            await acknowledgedMore(run, 40);
          }
        },
      });
      // A file has no clock of its own, so that there the app's counts: all that holds then is that no time falls.
      if (kind === "sqlite") return;
      const times = history.resources.flatMap(({ states }) => states.map(({ modifiedAtMs }) => modifiedAtMs));
      expect(Math.min(...times)).toBeGreaterThan(startedAt - 1_000);
      expect(Math.max(...times)).toBeLessThan(Date.now() + 1_000);
    });
  });
