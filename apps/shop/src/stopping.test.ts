import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isSoak, sampleNames, startSample, temporaryFolder, withGrace, withWaits } from "./sample.test-support.js";
import { beginPut, openMany, stopWhileWriting } from "./stopping.test-support.js";

/** Needs processes and signals: it runs what `pnpm build` made. */
describe("a sample that was told to stop", () => {
  it("cuts off a request that never ends, closes its store, and ends with 0", async () => {
    const folder = temporaryFolder();
    const { origin, kill, ended } = await startSample("express", {
      UNCLASH_STORE: `sqlite:${join(folder, "shop.db")}`,
      ...(!isSoak && { NODE_OPTIONS: withGrace(0) }),
    });
    const running = await beginPut(`${origin}/notes/never`);
    const cut = once(running, "response");
    kill("SIGTERM");
    await expect(cut).rejects.toThrow("socket hang up");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
    // Had the file not been closed, its log would still be beside it.
    expect(readdirSync(folder)).toEqual(["shop.db"]);
  });

  // What they do else is in samples.test.ts.
  it("is found out where it does not drain its engine: waits and streams are cut off", async () => {
    const variables = { NODE_OPTIONS: `${withWaits} ${withGrace(300)}`, PLANTED: "no-drain" };
    const sample = await startSample("node", variables);
    const many = await openMany(sample, 5);
    sample.kill("SIGTERM");
    const outcomes = await Promise.allSettled([many.answers, many.texts]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await sample.ended).toMatchObject({ code: 0, stderr: "" });
  });
});

// By default, each sample is told by one of the signals: see samples.test.ts.
describe.runIf(isSoak).each(sampleNames)("the %s sample, told to stop", (name) => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "finishes what runs, takes nothing new, and ends with 0 on %s",
    async (signal) => {
      const sample = await startSample(name);
      expect(await stopWhileWriting(sample, signal)).toMatchObject({ code: 0, stderr: "" });
    },
  );
});
