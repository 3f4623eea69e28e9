import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Listeners } from "./listeners.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** Listeners by a simulated clock, each of which counts how often it was woken. */
function setUp(count: number) {
  let nowMs = 0;
  const listeners = new Listeners({ nowMs: () => nowMs });
  const woken: number[] = Array.from({ length: count }, () => 0);
  const wake = (at: number): void => {
    woken[at] = (woken[at] ?? 0) + 1;
  };
  const leave = woken.map((_, at) => listeners.add(() => wake(at)));
  const pass = async (ms: number): Promise<void> => {
    nowMs += ms;
    await vi.advanceTimersByTimeAsync(ms);
    for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return { listeners, woken, leave, pass };
}

test("what comes after a pause wakes all at once, though never before the call returns", async () => {
  const { listeners, woken, pass } = setUp(100);
  listeners.wakeSoon();
  expect(woken).toEqual(woken.map(() => 0));
  await pass(0);
  expect(woken).toEqual(woken.map(() => 1));
  await pass(50);
  listeners.wakeSoon();
  await pass(0);
  expect(woken).toEqual(woken.map(() => 2));
});

test("what comes soon after is gathered, and wakes each once more", async () => {
  const { listeners, woken, pass } = setUp(100);
  for (let n = 0; n < 20; n += 1) {
    listeners.wakeSoon();
    await pass(1);
  }
  expect(woken).toEqual(woken.map(() => 1));
  await pass(31);
  expect(woken).toEqual(woken.map(() => 2));
  await pass(1_000);
  expect(woken).toEqual(woken.map(() => 2));
});

test("what comes while they are woken wakes them again", async () => {
  const { listeners, woken, pass } = setUp(40);
  let calls = 0;
  listeners.add(() => {
    calls += 1;
    if (calls === 1) listeners.wakeSoon();
  });
  listeners.wakeSoon();
  await pass(0);
  await pass(1_000);
  expect(calls).toBe(2);
  expect(woken).toEqual(woken.map(() => 2));
});

test("who has left is not woken, nor is anyone after a stop", async () => {
  const { listeners, woken, leave, pass } = setUp(40);
  listeners.wakeSoon();
  leave[39]?.();
  await pass(0);
  expect([woken[38], woken[39]]).toEqual([1, 0]);
  await pass(1_000);
  listeners.wakeSoon();
  listeners.stop();
  await pass(1_000);
  expect(woken[0]).toBe(1);
  listeners.wakeSoon();
  await pass(1_000);
  expect(woken[0]).toBe(2);
});
