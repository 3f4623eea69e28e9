import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { idempotencyMutants } from "./adapter/idempotency-mutants.test-support.js";
import { mutants } from "./adapter/mutants.test-support.js";
import { parseJsonBody, type Twist, tinyStart } from "./adapter/tiny.test-support.js";
import { adapterSuite } from "./adapter.js";

/** What the suite's case of that name says about an adapter: an error, or nothing. */
async function verdictOn(twist: Twist, name: string): Promise<unknown> {
  const declared = new Map<string, () => Promise<void>>();
  adapterSuite({
    test: (each, run) => void declared.set(each, run),
    store: () => createMemoryStore(),
    start: tinyStart(twist),
    startParsed: tinyStart(twist, parseJsonBody),
    patienceMs: 2_000,
  });
  const run = declared.get(name);
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

for (const { does, twist, caughtBy } of [...mutants, ...idempotencyMutants]) {
  test(`an adapter that ${does} does not pass, and a sound one passes the same case`, async () => {
    expect(await verdictOn(twist, caughtBy)).toBeInstanceOf(Error);
    expect(await verdictOn({}, caughtBy)).toBeUndefined();
  });
}
