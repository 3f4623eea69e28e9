// These tests start processes from built packages: `pnpm build` comes first.
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { goOnUntil } from "../black-box/enough.js";
import { chooseSeed, createRandom } from "../black-box/random.js";
import { startShop } from "../black-box/shop-process.js";
import { isSoak } from "../black-box/soak.js";
import { canOwn, type DurableKind, durableKinds, ownPlace } from "../faults/own-place.js";
import {
  type Append,
  type AppendedState,
  type Appends,
  append,
  lossesOf,
  type ReleaseName,
  type Running,
} from "./appends.js";

const program = [process.execPath, fileURLToPath(new URL("release.mjs", import.meta.url))];
const [clients, kills, perKill] = isSoak ? [8, 12, 60] : [6, 2, 20];

type Pair = readonly [Running, Running];

async function startReleases(
  store: string,
  releases: readonly [ReleaseName, ReleaseName],
  planted = "",
): Promise<Pair> {
  const start = async (release: ReleaseName): Promise<Running> => {
    const shop = await startShop({ store, program, variables: { RELEASE: release, PLANTED: planted } });
    onTestFinished(() => shop.stop());
    return { release, shop };
  };
  const older = await start(releases[0]);
  const made = await fetch(`${older.shop.origin}/articles/1`, {
    method: "PUT",
    headers: { "content-type": "application/json", "if-none-match": "*" },
    body: JSON.stringify({ content: "" }),
  });
  expect(made.status).toBe(201);
  return [older, await start(releases[1])];
}

/** One client writes by both processes in turn, then many at once, while now the one and now the other is killed. */
async function run(pair: Pair, killsMin: number): Promise<Appends> {
  const seed = chooseSeed();
  console.log(`seed ${seed}`);
  const random = createRandom(seed);
  const results: Appends = { appends: [], faults: [], unknownShapes: 0 };
  const more = async (count: number): Promise<void> => {
    const from = acknowledged(results.appends);
    expect(await goOnUntil(() => acknowledged(results.appends) >= from + count)).toBe("enough");
  };
  let isOver = false;
  const running = [append(pair, random.fork(), results, () => isOver)];
  await more(perKill);
  for (let at = 1; at < clients; at++) running.push(append(pair, random.fork(), results, () => isOver));
  await more(perKill);
  for (let kill = 0; kill < killsMin; kill++) {
    const { shop } = pair[kill % 2 === 0 ? 1 : 0];
    await shop.stop("SIGKILL");
    await delay(random.between(0, 100));
    await shop.start();
    await more(perKill);
  }
  isOver = true;
  await Promise.all(running);
  return results;
}

function acknowledged(appends: readonly Append[]): number {
  return appends.filter(({ outcome }) => outcome === "acknowledged").length;
}

/** All states of the article in v2, as a process of the newest release has them. */
async function statesOf(store: string): Promise<readonly AppendedState[]> {
  const shop = await startShop({ store, program, variables: { RELEASE: "live" } });
  onTestFinished(() => shop.stop());
  const read = async (path: string): Promise<AppendedState> =>
    JSON.parse(await (await fetch(`${shop.origin}/v2/articles/1${path}`)).text());
  const { version: newest } = await read("");
  const states: AppendedState[] = [];
  for (let version = 1; version <= newest; version++) states.push(await read(`/versions/${version}`));
  return states;
}

/** Each pair of releases on one store; in the long form on all. */
const pairs = (
  [
    ["none", "upcoming", "sqlite"],
    ["upcoming", "live", "postgres"],
    ["none", "live", "redis"],
  ] as const satisfies readonly (readonly [ReleaseName, ReleaseName, DurableKind])[]
).flatMap(([older, newer, short]) =>
  durableKinds.filter((kind) => (isSoak || kind === short) && canOwn(kind)).map((kind) => ({ older, newer, kind })),
);

describe.sequential("a deployment of an API version, process by process", { timeout: 300_000 }, () => {
  test.each(pairs)(
    "loses nothing and is refused nothing but what the older one can't know, $older beside $newer on $kind",
    async ({ older, newer, kind }) => {
      const { store } = await ownPlace(kind);
      const results = await run(await startReleases(store, [older, newer]), kills);
      const states = await statesOf(store);
      const counts = { acknowledged: acknowledged(results.appends), appends: results.appends.length };
      console.log(`${older} beside ${newer} on ${kind}:`, counts, `${results.unknownShapes} unknown shapes`);
      expect(results.faults.slice(0, 10)).toEqual([]);
      expect(lossesOf(states, results.appends).slice(0, 10)).toEqual([]);
      const hasOlderShapes = older === "none" && newer === "live";
      expect(results.unknownShapes > 0, "only a release that skipped one meets a shape that it does not know").toBe(
        hasOlderShapes,
      );
      expect(results.appends.some(({ isInV2, outcome }) => isInV2 && outcome === "acknowledged")).toBe(
        newer === "live",
      );
    },
  );

  test("is found out where the older process takes each shape for its own", async () => {
    const { store } = await ownPlace("sqlite");
    const results = await run(await startReleases(store, ["none", "live"], "1"), 0);
    expect(results.faults.join("\n")).toMatch(/none answers a read with 200 body,id,memo,version/);
  });
});

test.each<[string, readonly Partial<AppendedState>[], readonly Append[], RegExp]>([
  ["is lost", [{}, { body: "1;" }], [mark("1;"), mark("2;")], /^2; was acknowledged, and is there 0 times$/],
  [
    "is there twice",
    [{}, { body: "1;" }, { body: "1;1;" }],
    [mark("1;")],
    /^1; was acknowledged, and is there 2 times$/,
  ],
  ["was refused", [{}, { body: "1;" }], [{ ...mark("1;"), outcome: "refused" }], /was refused, and is there 1 times/],
  ["is written over", [{}, { body: "1;" }, { body: "2;" }], [mark("1;"), mark("2;")], /version 3 does not follow/],
  [
    "took the memo away",
    [{ memo: "0;" }, { body: "1;" }],
    [mark("1;")],
    /version 2 does not follow from the one before/,
  ],
  ["is nobody's", [{}, { body: "9;" }], [], /version 2 does not follow/],
])("a history is found out in which a mark %s", (_, states, appends, foundBy) => {
  const all = states.map((state, at) => ({ version: at + 1, body: "", memo: "", ...state }));
  expect(lossesOf(all, appends).join("\n")).toMatch(foundBy);
});

function mark(text: string): Append {
  return { mark: text, isInV2: false, outcome: "acknowledged" };
}
