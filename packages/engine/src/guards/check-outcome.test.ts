import { setImmediate as turn } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { CheckOutcome } from "./check-outcome.js";

const late = new Error("late");

async function heardOf(wait: (outcome: Promise<unknown>) => unknown, checked: Promise<unknown>): Promise<unknown[]> {
  const unheard = vi.fn<(thrown: unknown) => boolean>(() => true);
  await wait(CheckOutcome.of(checked, unheard));
  for (let turns = 0; turns < 3; turns += 1) await turn();
  return unheard.mock.calls.flat();
}

test("a check that is refused, and that nobody waits for, is told to its watcher alone", async () => {
  expect(await heardOf(() => undefined, Promise.reject(late))).toEqual([late]);
});

test.each<[how: string, wait: (outcome: Promise<unknown>) => unknown]>([
  ["await", async (outcome) => expect(outcome).rejects.toBe(late)],
  ["catch", (outcome) => outcome.catch(() => undefined)],
  ["Promise.all", (outcome) => Promise.all([outcome]).catch(() => undefined)],
])("one that is waited for by %s is its waiter's to handle", async (_how, wait) => {
  expect(await heardOf(wait, Promise.reject(late))).toEqual([]);
});

test("one that passes gives its guard, and has nothing to tell", async () => {
  expect(await heardOf(async (outcome) => expect(await outcome).toBe(7), Promise.resolve(7))).toEqual([]);
  expect(await heardOf(() => undefined, Promise.resolve(7))).toEqual([]);
});
