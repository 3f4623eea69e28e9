import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { checkShared as checkSharedOptions } from "../guards/guard-settings.js";
import { sharedCheckOptions, withSharedOptions } from "./shared-options.js";

const load = () => ({ version: 1 });

test("a guard's own options go before the shared ones, and of a group each member by itself", () => {
  const shared = {
    conflictStatus: 412,
    cacheControl: "no-store",
    preconditions: { required: false, datesSuffice: true },
    conflicts: { allowedStrategies: "all" },
    requestLimits: { bodyBytesMax: 10, entityTagsMax: 2 },
  } as const;
  const own = {
    load,
    cacheControl: "max-age=5",
    preconditions: { required: true },
    requestLimits: { bodyBytesMax: 20 },
    creates: true,
  } as const;
  expect(withSharedOptions("guard", shared, own)).toEqual({
    load,
    conflictStatus: 412,
    cacheControl: "max-age=5",
    preconditions: { required: true, datesSuffice: true },
    conflicts: { allowedStrategies: "all" },
    requestLimits: { bodyBytesMax: 20, entityTagsMax: 2 },
    creates: true,
  });
});

test("an option that a guard leaves open with `undefined` is the shared one", () => {
  const given: { cacheControl?: string } = {};
  Object.assign(given, { cacheControl: undefined });
  expect(withSharedOptions("guard", { cacheControl: "no-store" }, given)).toEqual({ cacheControl: "no-store" });
});

test("an option of a group that a guard leaves open is the shared one, and so is the scope of keys", () => {
  const open: { required?: boolean } = {};
  Object.assign(open, { required: undefined });
  const preconditions = { required: false };
  expect(withSharedOptions("guard", { preconditions }, { preconditions: open })).toEqual({ preconditions });
  const store = createMemoryStore();
  const scope = () => "tenant";
  const shared = { identify: () => undefined, idempotency: { store, scope } };
  const { idempotency } = withSharedOptions("guard", shared, { idempotency: { store, required: true } });
  expect(idempotency).toEqual({ store, scope, required: true });
});

test("keys that all guards keep can be turned off for one", () => {
  const shared = { identify: () => undefined, idempotency: { store: createMemoryStore() } };
  expect(withSharedOptions("guard", shared, { idempotency: false }).idempotency).toBe(false);
});

test("the options of `check` that come with each request are joined once", () => {
  const optionsOf = sharedCheckOptions({ conflictStatus: 412 });
  const own = { resource: () => "articles/1" };
  expect(optionsOf(own)).toEqual({ conflictStatus: 412, ...own });
  expect(optionsOf(own)).toBe(optionsOf(own));
  expect(optionsOf()).toBe(optionsOf());
});

test("options in common are checked when they are given, and what is one guard's is not among them", () => {
  expect(() => checkSharedOptions({ idempotency: { store: createMemoryStore() } })).toThrow(/^identify must say/);
  expect(() => checkSharedOptions({ conflicts: { strategy: "first-write-wins" } })).not.toThrow();
  expect(() => checkSharedOptions(Object({ load }))).toThrow("load is not an option.");
});
