import { createMemoryStore } from "@unclash/memory";
import { test } from "vitest";
import { parseJsonBody, tinyStart } from "./adapter/tiny.test-support.js";
import { adapterSuite } from "./adapter.js";

adapterSuite({ test, store: () => createMemoryStore(), start: tinyStart(), startParsed: tinyStart({}, parseJsonBody) });
