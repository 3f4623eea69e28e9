// These tests kill and stop built samples: `pnpm build` comes first.
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { acknowledgedMore } from "../black-box/black-box.js";
import { goOnUntil } from "../black-box/enough.js";
import { createRandom } from "../black-box/random.js";
import { isSoak } from "../black-box/soak.js";
import { integrityOf } from "./integrity.js";
import { canOwn, type DurableKind, durableKinds, ownPlace, reachedPlace } from "./own-place.js";
import { originsOf, startShops, survive } from "./shops.js";

/** All stores in the long form; else the one given. */
function kinds(one: DurableKind): readonly DurableKind[] {
  return (isSoak ? durableKinds : [one]).filter(canOwn);
}

/** The last of three is one of both. */
const restarts = isSoak ? 9 : 3;

describe.sequential("a shop of two processes", { timeout: 300_000 }, () => {
  it.each(kinds("sqlite"))("survives kill -9 of either or both, again and again, on %s", async (kind) => {
    const { store, file } = await ownPlace(kind);
    const shops = await startShops({ store });
    let restarted = 0;
    const { unknown } = await survive(`kill -9 of the app on ${kind}`, {
      origins: () => originsOf(shops),
      disturb: async (run) => {
        const random = createRandom(run.seed);
        for (let kill = 0; kill < restarts || (run.counts.unknown === 0 && kill < 10 * restarts); kill++) {
          await acknowledgedMore(run, random.between(20, 80));
          // Where both are dead at once, whoever comes next has to recover what they left.
          const victims = kill % 3 === 2 ? shops : [shops[kill % 2 === 0 ? 0 : 1]];
          await Promise.all(victims.map((shop) => shop.stop("SIGKILL")));
          await delay(200);
          await Promise.all(victims.map((shop) => shop.start()));
          restarted++;
        }
      },
    });
    expect(restarted).toBeGreaterThanOrEqual(restarts);
    expect(unknown, "nobody was waiting for an answer when a process was killed").toBeGreaterThan(0);
    if (file !== undefined) expect(integrityOf(file)).toBe("ok");
  });

  it.each(kinds("postgres"))(
    "loses nothing where one process sleeps in the middle of requests, on %s",
    async (kind) => {
      const { store } = kind === "postgres" ? await reachedPlace(kind) : await ownPlace(kind);
      const shops = await startShops({ store });
      const sleeper = shops[0];
      const { unknown } = await survive(`SIGSTOP of the app on ${kind}`, {
        origins: () => originsOf(shops),
        timeoutMs: isSoak ? 2_000 : 500,
        disturb: async (run) => {
          for (let slept = 0; slept < (isSoak ? 3 : 1); slept++) {
            await acknowledgedMore(run, 50);
            const before = run.counts.unknown;
            sleeper.signal("SIGSTOP");
            await delay(isSoak ? 6_000 : 1_000);
            await goOnUntil(() => run.counts.unknown > before);
            sleeper.signal("SIGCONT");
          }
          await acknowledgedMore(run, 50);
        },
      });
      expect(unknown, "nobody was waiting for an answer when the process fell asleep").toBeGreaterThan(0);
    },
  );

  it.each(kinds("redis"))("refuses the write of who slept between a reading and a writing, on %s", async (kind) => {
    const { store } = await ownPlace(kind);
    const [sleeper, other] = await startShops({ store });
    const url = `${sleeper.origin}/articles/1`;
    const read = await fetch(url);
    const etag = read.headers.get("etag") ?? "";
    const patch = (to: string, title: string): Promise<Response> =>
      fetch(to, {
        method: "PATCH",
        headers: { "content-type": "application/merge-patch+json", "if-match": etag },
        body: JSON.stringify({ title }),
      });
    sleeper.signal("SIGSTOP");
    const late = patch(url, "late");
    expect((await patch(`${other.origin}/articles/1`, "in time")).status).toBe(200);
    await delay(isSoak ? 6_000 : 200);
    sleeper.signal("SIGCONT");
    expect((await late).status).toBe(409);
    expect(await (await fetch(url)).json()).toMatchObject({ title: "in time", version: 2 });
  });
});
