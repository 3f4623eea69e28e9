import { storeSuite } from "@unclash/conformance/store";
import { test } from "vitest";
import { createMemoryStore } from "./store.js";

storeSuite({ test, open: async ({ clock }) => createMemoryStore({ clock: clock.now }) });
