import { describe, expect, test, vi } from "vitest";
import { raceBugs } from "./bugs.test-support.js";
import { strategies } from "./plans.js";
import { runRaces } from "./run.js";

// The engine's pauses between two tries take no time here: who goes on when is the scheduler's to say, and nobody
// else's.
vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));

const soakFactor = Number(process.env["SOAK"] ?? 1);
const races = 2_000 * soakFactor;

test(
  "however the calls of several clients interleave, no update is lost, and no answer is wrong",
  async () => {
    const startedAt = performance.now();
    const counts = await runRaces(races);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    if (process.env["RACES_TALLY"] !== undefined) console.log(`${seconds} s.`, Object.fromEntries(counts));
    const atLeast = (what: string, perRace: number): void =>
      expect(counts.get(what) ?? 0, what).toBeGreaterThanOrEqual(perRace * races);
    // Races that never met, or met in one way only, would show nothing.
    atLeast("race", 1);
    atLeast("different orders", 0.95);
    for (const what of ["changed", "version-conflict", "tried again"]) atLeast(what, 0.5);
    for (const what of ["created", "deleted", "duplicate", "gone", "unchanged"]) atLeast(what, 0.1);
    for (const strategy of strategies) atLeast(`conflict under ${strategy}`, 0.05);
    for (const what of ["settled by last-write-wins", "settled by function"]) atLeast(what, 0.05);
  },
  120_000 * soakFactor,
);

describe("it is found out that", () => {
  test.each(raceBugs)("$bug", async ({ bug: _, ...replaced }) => {
    await expect(runRaces(2_000, { replaced, shrink: false })).rejects.toThrow("went wrong");
  });
});
