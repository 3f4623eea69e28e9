import { adapterSuite } from "@unclash/conformance/adapter";
import { afterAll, describe, test } from "vitest";
import { sqliteStores } from "./open-store.js";
import { startsFor } from "./starts.js";

// What clients see must not depend on the store. On memory, each adapter's own package runs the suite.
describe.each(startsFor("Express"))("on SQLite, over %s:", (_name, start) => {
  const stores = sqliteStores();
  afterAll(() => stores.remove());
  adapterSuite({ test, store: stores.open, start });
});
