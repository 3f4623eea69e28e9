import { adapterSuite } from "@unclash/conformance/adapter";
import { redisUrl } from "@unclash/test-servers";
import { afterAll, describe, test } from "vitest";
import { redisStores } from "./open-store.js";
import { startsFor } from "./starts.js";

// What clients see must not depend on the store. On memory, each adapter's own package runs the suite.
describe.skipIf(redisUrl === undefined).each(startsFor("Koa"))("on Redis, over %s:", (_name, start) => {
  const stores = redisStores();
  afterAll(() => stores.remove());
  adapterSuite({ test, store: stores.open, start });
});
