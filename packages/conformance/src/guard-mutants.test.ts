import { ConfigurationError } from "@unclash/core";
import { createMemoryStore } from "@unclash/memory";
import { afterAll, describe, expect, test } from "vitest";
import { answerMutants } from "./guard/answer-mutants.test-support.js";
import { changingMutants } from "./guard/changing-mutants.test-support.js";
import { keyedMutants } from "./guard/keyed-mutants.test-support.js";
import { mutants } from "./guard/mutants.test-support.js";
import { type Twist, tinyStart } from "./guard/tiny.test-support.js";
import { guardSuite } from "./guard.js";
import { createVerdicts } from "./verdicts.test-support.js";

const sound: Twist = {};

const verdicts = createVerdicts<Twist>((twist, test) => {
  guardSuite({
    test,
    store: ({ clock }) => createMemoryStore({ clock: clock.now }),
    start: tinyStart(twist),
    routeNames: false,
    // What never happens is waited for no longer than this.
    ...(twist !== sound && { patienceMs: 1_000 }),
  });
}, sound);

afterAll(() => verdicts.close());

describe.concurrent("an adapter whose guards are broken", () => {
  for (const { does, twist, caughtBy } of [...mutants, ...answerMutants, ...changingMutants, ...keyedMutants]) {
    test(`(it ${does}) does not pass, and a sound one passes the same case`, async () => {
      const fault = await verdicts.on(twist, caughtBy);
      expect(fault).toBeInstanceOf(Error);
      // A twist that the options' own check refuses is caught by no case.
      expect(fault).not.toBeInstanceOf(ConfigurationError);
      expect(await verdicts.onSound(caughtBy)).toBeUndefined();
    });
  }
});
