import { afterEach, describe, expect, test, vi } from "vitest";
import { isSoak } from "../black-box/soak.js";
import { plantedBugs } from "./planted.js";
import { type Lens, runRaces } from "./race.js";

// The engine's pauses between two tries take no time here: the scheduler alone says who goes on when.
vi.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));

const planted = vi.hoisted((): { lens: Lens | undefined } => ({ lens: undefined }));
vi.mock("../../../../packages/engine/src/states/shape-lens.js", async (importOriginal) => {
  const { writeInShape } = await importOriginal<{ writeInShape(...given: Parameters<Lens>): unknown }>();
  const planting: typeof writeInShape = (chain, write) =>
    planted.lens === undefined ? writeInShape(chain, write) : { kind: "written", fields: planted.lens(chain, write) };
  return { writeInShape: planting };
});

afterEach(() => {
  planted.lens = undefined;
});

const races = isSoak ? 10_000 : 400;

test("writers in two API versions meet the same conflicts, and no write in the old one loses what it does not see", {
  timeout: 600_000,
}, async () => {
  const counts = await runRaces(races);
  if (process.env["RACES_TALLY"] !== undefined) console.log(Object.fromEntries(counts));
  // Races that never met would show nothing.
  for (const version of ["v1", "v2"]) {
    for (const method of ["PUT", "PATCH"]) {
      for (const [what, perRace] of [
        ["200", 0.5],
        ["409", 0.15],
        ["200 settled", 0.1],
      ] as const) {
        const name = `${version} ${method} ${what}`;
        expect(counts.get(name) ?? 0, name).toBeGreaterThanOrEqual(perRace * races);
      }
    }
  }
});

describe("it is found out that", () => {
  test.each(plantedBugs)("$bug", async ({ bug: _, foundBy, ...replaced }) => {
    planted.lens = replaced.lens;
    const found: unknown = await runRaces(400, replaced).catch((thrown: unknown) => thrown);
    expect(found).toBeInstanceOf(Error);
    expect(String(found instanceof Error ? found.cause : found)).toMatch(foundBy);
  });
});
