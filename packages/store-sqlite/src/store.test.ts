import { rmSync } from "node:fs";
import { join } from "node:path";
import { storeSuite } from "@unclash/conformance/store";
import { quickFolder } from "@unclash/test-servers";
import { afterAll, describe, test } from "vitest";
import { createSqliteStore } from "./store.js";

const folder = quickFolder("unclash-sqlite-");
afterAll(() => rmSync(folder, { recursive: true }));

describe("the SQLite store", () => {
  const files = new WeakMap<object, string>();
  let count = 0;
  storeSuite({
    test,
    async open(context) {
      const file = join(folder, `suite-${count++}.db`);
      files.set(context, file);
      return createSqliteStore({ file, clock: context.clock.now });
    },
    async reopen(store, context) {
      await store.close();
      const file = files.get(context);
      if (file === undefined) throw new Error("reopened before it was opened");
      return createSqliteStore({ file, clock: context.clock.now });
    },
  });
});
