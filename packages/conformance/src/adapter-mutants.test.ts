import { createMemoryStore } from "@unclash/memory";
import { afterAll, describe, expect, test } from "vitest";
import { answerMutants } from "./adapter/answer-mutants.test-support.js";
import { conflictMutants } from "./adapter/conflict-mutants.test-support.js";
import { eventMutants } from "./adapter/event-mutants.test-support.js";
import { idempotencyMutants } from "./adapter/idempotency-mutants.test-support.js";
import { mutants } from "./adapter/mutants.test-support.js";
import { subscriptionMutants } from "./adapter/subscription-mutants.test-support.js";
import { parseJsonBody, type Twist, tinyStart } from "./adapter/tiny.test-support.js";
import { versionMutants } from "./adapter/version-mutants.test-support.js";
import { adapterSuite } from "./adapter.js";
import { streamMutants } from "./streams/mutants.test-support.js";
import { createVerdicts } from "./verdicts.test-support.js";

const sound: Twist = {};

const verdicts = createVerdicts<Twist>((twist, test) => {
  adapterSuite({
    test,
    store: () => createMemoryStore(),
    start: tinyStart(twist),
    startParsed: tinyStart(twist, parseJsonBody),
    // An adapter that never answers is waited for no longer than this.
    ...(twist !== sound && { patienceMs: 1_000 }),
  });
}, sound);

afterAll(() => verdicts.close());

describe.concurrent("an adapter", () => {
  for (const { does, twist, caughtBy } of [
    ...mutants,
    ...answerMutants,
    ...idempotencyMutants,
    ...versionMutants,
    ...conflictMutants,
    ...subscriptionMutants,
    ...streamMutants,
    ...eventMutants,
  ]) {
    test(`that ${does} does not pass, and a sound one passes the same case`, async () => {
      expect(await verdicts.on(twist, caughtBy)).toBeInstanceOf(Error);
      expect(await verdicts.onSound(caughtBy)).toBeUndefined();
    });
  }
});
