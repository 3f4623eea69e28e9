import { createMemoryStore } from "@unclash/memory";
import { test } from "vitest";
import { tinyStart } from "./guard/tiny.test-support.js";
import { guardSuite } from "./guard.js";

guardSuite({
  test,
  start: tinyStart(),
  store: ({ clock }) => createMemoryStore({ clock: clock.now }),
  routeNames: false,
});
