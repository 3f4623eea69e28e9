import { describe, expect, onTestFinished, test } from "vitest";
import * as checker from "../../../../packages/engine/src/notifications/webhooks/delivery-checker.test-support.js";
import { postgresStores, redisStores, type Stores, sqliteStores } from "../adapters/open-store.js";
import { isAvailable } from "../black-box/store-place.js";

const isSoak = process.env["SOAK"] !== undefined;
const seeds = Array.from({ length: isSoak ? 10 : 1 }, (_, n) => n + 1);

const kinds: readonly { readonly kind: "sqlite" | "postgres" | "redis"; readonly stores: () => Stores }[] = [
  { kind: "sqlite", stores: sqliteStores },
  { kind: "postgres", stores: postgresStores },
  { kind: "redis", stores: redisStores },
];

describe.each(kinds)("on $kind, deliverers that are stopped and killed", ({ kind, stores }) => {
  test.skipIf(!isAvailable(kind)).each(seeds)(
    "send all that is wanted, in order, and nothing else: seed %i",
    async (seed) => {
      const { open, remove } = stores();
      onTestFinished(remove);
      const store = await open();
      onTestFinished(() => store.close());
      expect(await checker.faultsInDeliveries(store, seed)).toEqual([]);
    },
  );
});
