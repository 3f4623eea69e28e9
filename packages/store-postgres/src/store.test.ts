import { storeSuite } from "@unclash/conformance/store";
import type { Store } from "@unclash/core";
import { postgresUrl } from "@unclash/test-servers";
import { describe, test } from "vitest";
import { createPostgresStore } from "./postgres.js";
import { freshSchema, warmUp } from "./store.test-support.js";

describe.skipIf(postgresUrl === undefined)("the PostgreSQL store", () => {
  const schemas = new WeakMap<object, string>();
  const open = (schema: string): Promise<Store> => createPostgresStore({ url: postgresUrl ?? "", schema });
  storeSuite({
    test,
    clock: "own",
    async open(context) {
      const schema = await freshSchema();
      schemas.set(context, schema);
      const store = await open(schema);
      await warmUp(store);
      return store;
    },
    async reopen(store, context) {
      await store.close();
      return open(schemas.get(context) ?? "");
    },
  });
});
