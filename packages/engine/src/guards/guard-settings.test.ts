import { ConfigurationError } from "@unclash/core";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { resolveGuard } from "./guard-settings.js";

const store = createMemoryStore();
const represent = () => ({});
const past = () => undefined;

function mistake(options: unknown): ConfigurationError {
  try {
    resolveGuard(options as Parameters<typeof resolveGuard>[0]);
  } catch (thrown) {
    if (thrown instanceof ConfigurationError) return thrown;
    throw thrown;
  }
  throw new Error("Nothing was refused.");
}

const merging = (policies: object): object => ({
  past,
  represent,
  conflicts: { strategy: "merge", merge: { policies } },
});

const mistakes: readonly (readonly [option: string, options: unknown])[] = [
  ["laod", { laod: () => undefined }],
  ["load", { load: "articles" }],
  ["resource", { resource: "articles/1" }],
  ["past", { past: [] }],
  ["past", { past }],
  ["past", { past, conflicts: { strategy: "reject", allowedStrategies: ["reject"] } }],
  ["represent", { represent: {} }],
  ["identify", { identify: null }],
  ["observe", { observe: "console" }],
  ["problem", { problem: "text" }],
  ["creates", { creates: "yes" }],
  ["preconditions.datesSuffice", { preconditions: { datesSuffice: 1 } }],
  ["conflicts.discloseCurrent", { conflicts: { discloseCurrent: "false" }, represent }],
  ["preconditions.acceptProxyTags", { preconditions: { acceptProxyTags: "nginx" } }],
  ["reportOnly", { reportOnly: "false" }],
  ["versionField", { versionField: true }],
  ["versionField", { versionField: "" }],
  ["etagField", { etagField: true }],
  ["etagField", { etagField: "id" }],
  ["etagField", { etagField: "etag", versionField: "etag" }],
  ["preconditions.required", { preconditions: { required: "always" } }],
  ["onError", { onError: "throw" }],
  ["conflictStatus", { conflictStatus: 400 }],
  ["problemTypePrefix", { problemTypePrefix: "" }],
  ["cacheControl", { cacheControl: "no-cache\r\nset-cookie: a=b" }],
  ["conflicts.strategy", { conflicts: { strategy: "newest-wins" } }],
  ["conflicts.strategy", { conflicts: { strategy: () => ({ kind: "reject" }) } }],
  ["conflicts.strategy", { conflicts: { strategy: () => ({ kind: "reject" }) }, represent }],
  ["conflicts.strategy", { conflicts: { strategy: () => ({ kind: "reject" }) }, past }],
  ["represent", { conflicts: { strategy: "first-write-wins" } }],
  ["represent", { conflicts: { allowedStrategies: "all" } }],
  ["represent", { conflicts: { allowedStrategies: ["first-write-wins"] } }],
  ["represent", { conflicts: { discloseCurrent: true } }],
  ["conflicts.allowedStrategies", { conflicts: { allowedStrategies: ["newest-wins"] } }],
  ["conflicts.records", { past, represent, conflicts: { allowedStrategies: ["manual"] } }],
  ["conflicts.records", { past, represent, conflicts: { strategy: "manual" } }],
  ["conflicts.records", { past, represent, conflicts: { recordRefusals: true } }],
  ["conflicts.records", { conflicts: { resolveWithinMs: 1_000 } }],
  ["conflicts.records", { conflicts: { keepRecordsMs: 1_000 } }],
  ["conflicts.records", { conflicts: { records: store } }],
  ["past", { represent, conflicts: { strategy: "manual" } }],
  ["represent", { past, conflicts: { strategy: "manual" } }],
  ["represent", { past, conflicts: { strategy: "merge" } }],
  ["past", { represent, conflicts: { strategy: "merge" } }],
  ["conflicts.merge", { conflicts: { merge: { policies: { "/tags": "union" } } } }],
  ['conflicts.merge.policies["/tags"]', merging({ "/tags": "set" })],
  ['conflicts.merge.policies["tags"]', merging({ tags: "union" })],
  ["entityTags", { entityTags: "crc32" }],
  ["credentialHeaders", { credentialHeaders: ["x token"] }],
  ["requestLimits.entityTagsMax", { requestLimits: { entityTagsMax: 0 } }],
  ["requestLimits.tags", { requestLimits: { tags: 1 } }],
  ["idempotency.capabilities", { idempotency: store }],
  ["idempotency.store", { idempotency: {} }],
  ["idempotency.keepms", { idempotency: { store, keepms: 1 } }],
  ["requestLimits", { requestLimits: 10 }],
  ["idempotency.keepMs", { idempotency: { store, keepMs: 0 } }],
  ["idempotency.keepMs", { idempotency: { store, keepMs: 1e13 } }],
  ["idempotency.leaseMs", { idempotency: { store, leaseMs: 1.5 } }],
  ["idempotency.leaseMs", { idempotency: { store, leaseMs: 2 ** 31 } }],
  ["idempotency.runMsMax", { idempotency: { store, runMsMax: -1 } }],
  ["idempotency.runMsMax", { idempotency: { store, runMsMax: 2 ** 31 } }],
  ["idempotency.answerBytesMax", { idempotency: { store, answerBytesMax: "1 MiB" } }],
  ["idempotency.required", { idempotency: { store, required: "yes" } }],
  ["idempotency.rerun", { idempotency: { store, rerun: 1 } }],
  ["idempotency.keepms", { idempotency: { store, keepms: 1_000 } }],
  ["idempotency.anonymous", { idempotency: { store, anonymous: "cookie" } }],
  ["idempotency.scope", { idempotency: { store, anonymous: "address", scope: "tenant" } }],
  ["idempotency.fingerprint", { idempotency: { store, anonymous: "address", fingerprint: true } }],
  ["idempotency.callerBytesMax", { idempotency: { store, anonymous: "address", callerBytesMax: 0 } }],
  ["identify", { idempotency: { store } }],
];

test.each(mistakes)(
  "a mistake in %s is refused when the guard is made, and the message names it",
  (option, options) => {
    const { option: named, message } = mistake(options);
    expect([named, message.includes(option)]).toEqual([option, true]);
  },
);

test("without options a guard rejects what is stale, requires a precondition, and looks at no key", () => {
  expect(resolveGuard({})).toMatchObject({
    creates: false,
    preconditionRequired: true,
    datesSuffice: false,
    acceptProxyTags: false,
    versionField: false,
    etagField: false,
    strategy: "reject",
    discloseCurrent: false,
    conflictStatus: 409,
    problemTypePrefix: "urn:problem-type:unclash:",
    forwardsErrors: false,
    reportOnly: false,
  });
  const { vary, idempotency, allowedStrategies } = resolveGuard({});
  expect([vary, idempotency, allowedStrategies.length]).toEqual([undefined, undefined, 0]);
  expect(resolveGuard({ identify: () => undefined, idempotency: { store } }).idempotency).toMatchObject({
    keepMs: 86_400_000,
    leaseMs: 15_000,
    runMsMax: 600_000,
    anonymous: "address",
    answerBytesMax: 65_536,
    callerBytesMax: 67_108_864,
    anonymousBytesMax: 67_108_864,
    required: false,
    rerun: false,
  });
});

test("who is identified by credentials is told apart by Authorization, unless the app says by what", () => {
  const identify = () => undefined;
  expect(resolveGuard({ identify }).vary).toBe("authorization");
  expect(resolveGuard({ identify, credentialHeaders: ["Cookie", "X-Token"] }).vary).toBe("cookie, x-token");
});
