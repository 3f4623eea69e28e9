import { adapterSuite } from "@unclash/conformance/adapter";
import { postgresUrl } from "@unclash/test-servers";
import { afterAll, describe, test } from "vitest";
import { postgresStores } from "./open-store.js";
import { startsFor } from "./starts.js";

// What clients see must not depend on the store. On memory, each adapter's own package runs the suite.
describe.skipIf(postgresUrl === undefined).each(startsFor("Fastify"))("on PostgreSQL, over %s:", (_name, start) => {
  const stores = postgresStores();
  afterAll(() => stores.remove());
  adapterSuite({ test, store: stores.open, start });
});
