import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSqliteStore } from "@unclash/sqlite";
import { afterAll, test } from "vitest";
import { tinyStart } from "./adapter/tiny.test-support.js";
import { adapterSuite } from "./adapter.js";

// What HTTP clients see must not depend on the store: the same suite once more, over one that is durable.
const folder = mkdtempSync(join(tmpdir(), "unclash-suite-"));
let files = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

adapterSuite({
  test,
  store: () => createSqliteStore({ file: join(folder, `${files++}.db`) }),
  start: tinyStart(),
});
