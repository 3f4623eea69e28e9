import { describe, expect, test } from "vitest";
import type { Delivery } from "../delivery.js";
import type { Subscription } from "../subscription.js";
import { type AttemptResult, evaluateAttempt, remainingPauseMs } from "./attempt-outcome.js";
import { answered, subscriptionAt } from "./deliveries.test-support.js";

const day = 24 * 3_600_000;
const now = 1_800_000_000_000;

const fresh: Delivery = {
  subscription: "s_1",
  event: { id: "0000000000000001~000~tag", type: "resource.changed", key: "notes/1", version: 1, tag: "tag", at: now },
  status: "pending",
  attempts: 0,
  at: now - 1_000,
  since: now - 1_000,
  generation: 1,
};
/** It was tried for a day, but for its last pause of an hour. */
const old: Delivery = {
  ...fresh,
  status: "retrying",
  attempts: 7,
  since: now - day,
  at: now - day / 24,
  dueAt: now,
  triedMs: (day * 23) / 24,
};
const healthy = subscriptionAt("");
const failing: Subscription = { ...healthy, failingSince: now - day };

function evaluate(delivery: Delivery, subscription: Subscription, result: AttemptResult, at = now) {
  return evaluateAttempt(delivery, subscription, result, { now: at, random: 0.5 });
}

describe("an attempt:", () => {
  test.each([
    { name: "a 200", result: answered(200), status: "delivered", failingSince: undefined },
    { name: "a 204", result: answered(204), status: "delivered", failingSince: undefined },
    { name: "a redirect", result: answered(301), status: "retrying", failingSince: now },
    { name: "a 404", result: answered(404), status: "retrying", failingSince: now },
    { name: "a 500", result: answered(500), status: "retrying", failingSince: now },
    {
      name: "no answer",
      result: { kind: "failed", reason: "timeout", durationMs: 10_000 },
      status: "retrying",
      failingSince: now,
    },
    // The receiver has done nothing wrong.
    {
      name: "an app that fails",
      result: { kind: "unchecked", durationMs: 3 },
      status: "retrying",
      failingSince: undefined,
    },
    { name: "a permission that was lost", result: { kind: "dropped" }, status: undefined, failingSince: undefined },
  ] as const)("$name: $status", ({ result, status, failingSince }) => {
    const { delivery, subscription } = evaluate(fresh, healthy, result);
    expect(delivery?.status).toBe(status);
    expect(subscription.failingSince).toBe(failingSince);
    expect(subscription.enabled).toBe(true);
    if (delivery !== undefined) expect(delivery).toMatchObject({ attempts: 1, at: now });
    if (status === "retrying") expect(delivery?.dueAt).toBe(now + 5_000);
  });

  test("a success ends what has failed before", () => {
    const { delivery, subscription } = evaluate(old, { ...failing, pausedUntil: now + 1 }, answered(200));
    expect(delivery).toMatchObject({ status: "delivered", attempts: 8, responseStatus: 200 });
    expect(delivery).not.toHaveProperty("dueAt");
    expect(subscription).toEqual(healthy);
  });

  test("410 disables the subscription", () => {
    const { delivery, subscription } = evaluate(fresh, healthy, answered(410));
    expect(delivery).toMatchObject({ status: "dead", responseStatus: 410 });
    expect(subscription).toMatchObject({ enabled: false, disabled: { reason: "gone", at: now } });
  });

  test("a day of failures ends the delivery, and disables its subscription", () => {
    const { delivery, subscription } = evaluate(old, failing, answered(500));
    expect(delivery?.status).toBe("dead");
    expect(subscription).toMatchObject({ enabled: false, disabled: { reason: "failing", at: now } });
  });

  test("a day of failures of one delivery does not disable a subscription that others got through to", () => {
    const { delivery, subscription } = evaluate(old, { ...failing, failingSince: now - day / 2 }, answered(500));
    expect(delivery?.status).toBe("dead");
    expect(subscription.enabled).toBe(true);
  });

  test.each([day, 400 * day, -400 * day])("a clock that is set by %i ms ends nothing", (stepMs) => {
    const late = evaluate({ ...old, triedMs: 5_000, attempts: 2 }, failing, answered(500), now + stepMs);
    expect(late.delivery?.status).toBe("retrying");
    expect(late.subscription.enabled).toBe(true);
  });

  test("what a receiver asks for is recorded with its subscription, for others that deliver to it", () => {
    const { delivery, subscription, silenceMs } = evaluate(fresh, healthy, answered(429, 3_600));
    expect(silenceMs).toBe(3_600_000);
    expect(delivery?.dueAt).toBe(now + 3_600_000);
    expect(subscription).toMatchObject({ failingSince: now, pausedUntil: now + 3_600_000 });
  });

  test("of a subscription that was disabled meanwhile, it is not tried again", () => {
    const disabled = { ...healthy, enabled: false };
    expect(evaluate(fresh, disabled, answered(500)).delivery?.status).toBe("dead");
    expect(evaluate(fresh, disabled, answered(200)).delivery?.status).toBe("delivered");
    expect(evaluate(fresh, disabled, answered(500)).subscription).toBe(disabled);
  });
});

test.each([
  { dueInMs: 60_000, atMs: 0, nowMs: 0, remainingMs: 60_000 },
  { dueInMs: 60_000, atMs: 0, nowMs: 50_000, remainingMs: 10_000 },
  { dueInMs: 60_000, atMs: 0, nowMs: 70_000, remainingMs: 0 },
  { dueInMs: 60_000, atMs: 0, nowMs: 400 * day, remainingMs: 0 },
  // The clock was set back.
  { dueInMs: 60_000, atMs: 0, nowMs: -400 * day, remainingMs: 60_000 },
])(
  "a pause of $dueInMs ms at $nowMs ms after its beginning goes on for $remainingMs ms",
  ({ dueInMs, nowMs, remainingMs }) => {
    expect(remainingPauseMs({ ...fresh, at: now, dueAt: now + dueInMs }, now + nowMs)).toBe(remainingMs);
  },
);
