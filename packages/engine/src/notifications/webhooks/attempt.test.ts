import { createMemoryStore } from "@unclash/memory";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import type { Authorize } from "../../access/authorize.js";
import { authorizeByDefault } from "../../access/default-permissions.js";
import type { NotificationOptions } from "../options.js";
import type { AttemptResult } from "./attempt-outcome.js";
import { ok, subscriptionAt } from "./deliveries.test-support.js";

const never = new Promise<never>(() => {});
const warnings: string[] = [];
const onWarning = (warning: Error & { readonly code?: string }): void =>
  void warnings.push(`${warning.code}: ${warning.message}`);

beforeEach(() => {
  // Each test has a process's first warning: these modules know of no other.
  vi.resetModules();
  warnings.length = 0;
  process.on("warning", onWarning);
});
afterEach(() => void process.off("warning", onWarning));

interface Given {
  readonly actorOf?: NotificationOptions["actorOf"];
  readonly authorize?: Authorize;
  readonly key?: string;
  readonly signal?: AbortSignal;
}

/** An attempt to deliver a change, and how many requests it has sent. */
async function attempt(given: Given): Promise<{ readonly result: AttemptResult | undefined; readonly sent: number }> {
  const { makeAttempt } = await import("./attempt.js");
  const { checkedAuthorize } = await import("../../access/authorize.js");
  const { resolveCollections } = await import("../../resources/collection.js");
  const { actorOf, authorize, key = "notes/1", signal = new AbortController().signal } = given;
  const subscription = subscriptionAt("");
  const { callback } = subscription;
  if (callback === undefined) throw new Error("It has a callback.");
  const event = { id: "e1", type: "resource.changed", key, version: 1, tag: "t", at: 0 };
  let sent = 0;
  const result = await makeAttempt(
    {
      store: createMemoryStore(),
      authorize: authorize === undefined ? authorizeByDefault : checkedAuthorize(authorize),
      actorOf,
      attemptMsMax: 5,
      pace: (await import("../../commits/pace.js")).processPace,
      ...resolveCollections({ notes: { schema: z.looseObject({}) } }, undefined),
    },
    {
      send: async () => {
        sent += 1;
        return ok;
      },
    },
    {
      delivery: { subscription: "s", event, status: "pending", attempts: 0, at: 0, since: 0, generation: 1 },
      subscription: { ...subscription, callback },
      now: () => 0,
      mayBeSent: () => true,
      signal,
    },
  );
  return { result, sent };
}

/** Warnings are emitted after the task that they are of. */
async function nextWarning(): Promise<string> {
  await expect.poll(() => warnings.length).toBeGreaterThan(0);
  return String(warnings);
}

test.each<readonly [mistake: string, said: string, Given]>([
  ["an actorOf that hangs", "within 5 ms (notifications.limits.attemptMsMax)", { actorOf: () => never }],
  ["an authorize that hangs", "within 5 ms (notifications.limits.attemptMsMax)", { authorize: () => never }],
  ["an actorOf that throws", "accounts are down", { actorOf: () => Promise.reject(new Error("accounts are down")) }],
  ["an actorOf that gives true", "notifications.actorOf", { actorOf: () => JSON.parse("true") }],
  ["an actorOf that gives a nameless actor", "its `name` must be", { actorOf: () => JSON.parse('{"id":1}') }],
  ["an authorize that gives true", "authorize must give", { authorize: () => JSON.parse("true") }],
  ["a collection that the engine does not have", 'in "orders/1"', { key: "orders/1", authorize: () => "allow" }],
])("%s has nothing sent, and is warned of by name", async (_mistake, said, given) => {
  expect(await attempt(given)).toMatchObject({ result: { kind: "unchecked" }, sent: 0 });
  const warning = await nextWarning();
  expect(warning).toContain("UNCLASH_DELIVERY_NOT_CHECKED");
  expect(warning).toContain(said);
});

test("what is allowed is sent, and what is broken off as the app is asked is warned of by nobody", async () => {
  expect(await attempt({})).toMatchObject({ result: ok, sent: 1 });
  const stop = new AbortController();
  const stopped = attempt({ actorOf: () => never, signal: stop.signal });
  stop.abort();
  expect(await stopped).toEqual({ result: undefined, sent: 0 });
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
});
