import { storeSuite } from "@unclash/conformance/store";
import type { Store } from "@unclash/core/store";
import { describe, expect, onTestFinished, test } from "vitest";
import { handedInPassMs, ownPassMs } from "../model/clocks.js";
import { modelTimeoutMs, runModel } from "../model/run.js";
import { everythingIn, fill } from "./contents.js";
import { inTurn } from "./in-turn.js";
import { type Place, type PlaceKind, placeKinds } from "./places.js";

const runs = 25;

/** The tests of the suite in which calls meet: each is a race between the two releases here. */
const races = /^(of |50 increments|transfers|commits at once|a read and a list|followers that)/;

describe.each(placeKinds)(
  "a process of the last release beside one of this release, on $kind",
  ({ kind, isThere, make }) => {
    test.skipIf(!isThere)("finds what the other has written as it finds its own", async () => {
      const place = await makePlace(make);
      const older = await opened(place.older);
      await fill(older, "before");
      const seen = await everythingIn(older);
      const newer = await opened(place.newer);
      expect(await everythingIn(newer)).toEqual(seen);
      await fill(newer, "after");
      await fill(older, "both");
      await fill(newer, "both");
      expect(await everythingIn(older)).toEqual(await everythingIn(newer));
      expect(seen.events.length).toBeGreaterThan(3);
    });

    test.skipIf(!isThere)(
      "does, call by call in turn with it, what the model says",
      { timeout: modelTimeoutMs },
      async () => {
        await holdInTurn({ kind, isThere, make }, runs, (place) => place.newer());
      },
    );

    test.skipIf(!isThere)("would be seen to lose the other's writes, were the data not the same", async () => {
      const elsewhere = await makePlace(make);
      const run = holdInTurn({ kind, isThere, make }, runs, () => elsewhere.newer());
      await expect(run).rejects.toThrow("The store and the model differ");
    });

    describe.skipIf(!isThere)("races it:", () => {
      const places = new WeakMap<Store, Place>();
      storeSuite({
        test(name, run) {
          if (races.test(name)) test(name, run);
        },
        ...(kind !== "sqlite" && { clock: "own" }),
        async open({ clock }) {
          const place = await make(clock.now);
          const older = await place.older();
          const store = inTurn(older, await place.newer());
          places.set(store, place);
          return { ...store, close: () => store.close().then(place.remove) };
        },
      });
    });
  },
);

/** Runs of the model, on stores that the last release has made, and this one has opened after it. */
async function holdInTurn(
  { kind, make }: PlaceKind,
  count: number,
  openNewer: (place: Place) => Promise<Store>,
): Promise<void> {
  const clock = { now: 1_800_000_000_000 };
  const place = await makePlace(make, () => clock.now);
  const older = await opened(place.older);
  const store = inTurn(older, await opened(() => openNewer(place)));
  const subject = kind === "sqlite" ? { store, clock } : { store };
  const passMs = kind === "sqlite" ? handedInPassMs : ownPassMs;
  await runModel({ passMs, reopenings: 0, open: async () => subject }, count, { shrink: false });
}

async function makePlace(make: PlaceKind["make"], clock: () => number = Date.now): Promise<Place> {
  const place = await make(clock);
  onTestFinished(place.remove);
  return place;
}

async function opened(open: () => Promise<Store>): Promise<Store> {
  const store = await open();
  onTestFinished(() => store.close());
  return store;
}
