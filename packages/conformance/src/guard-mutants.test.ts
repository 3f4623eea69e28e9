import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { answerMutants } from "./guard/answer-mutants.test-support.js";
import { keyedMutants } from "./guard/keyed-mutants.test-support.js";
import { mutants } from "./guard/mutants.test-support.js";
import { type Twist, tinyStart } from "./guard/tiny.test-support.js";
import { guardSuite } from "./guard.js";

/** What the suite's case of that name says about an adapter: an error, or nothing. */
async function verdictOn(twist: Twist, name: string): Promise<unknown> {
  const declared = new Map<string, () => Promise<void>>();
  guardSuite({
    test: (each, run) => void declared.set(each, run),
    store: ({ clock }) => createMemoryStore({ clock: clock.now }),
    start: tinyStart(twist),
    patienceMs: 1_000,
  });
  const run = declared.get(name) ?? declared.get(`guarded: ${name}`);
  if (run === undefined) throw new TypeError(`The suite has no case of this name: ${name}`);
  try {
    await run();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await [...declared.values()].at(-1)?.();
  }
}

for (const { does, twist, caughtBy } of [...mutants, ...answerMutants, ...keyedMutants]) {
  test(`an adapter whose guards are broken (it ${does}) does not pass, and a sound one passes the same case`, async () => {
    expect(await verdictOn(twist, caughtBy)).toBeInstanceOf(Error);
    expect(await verdictOn({}, caughtBy)).toBeUndefined();
  });
}
