import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isSoak, sampleNames, startSample, temporaryFolder } from "./sample.test-support.js";
import { beginPut, stopWhileWriting } from "./stopping.test-support.js";

/** For a process: the four seconds that running requests are given are over at once. */
const withoutGrace = `--import data:text/javascript,${encodeURIComponent(
  "const set = setTimeout; globalThis.setTimeout = (run, ms) => set(run, ms === 4_000 ? 0 : ms);",
)}`;

/** Needs processes and signals: it runs what `pnpm build` made. */
describe("a sample that was told to stop", () => {
  it("cuts off a request that never ends, closes its store, and ends with 0", async () => {
    const folder = temporaryFolder();
    const { origin, kill, ended } = await startSample("express", {
      UNCLASH_STORE: `sqlite:${join(folder, "shop.db")}`,
      ...(!isSoak && { NODE_OPTIONS: withoutGrace }),
    });
    const running = await beginPut(`${origin}/notes/never`);
    const cut = once(running, "response");
    kill("SIGTERM");
    await expect(cut).rejects.toThrow("socket hang up");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
    // Had the file not been closed, its log would still be beside it.
    expect(readdirSync(folder)).toEqual(["shop.db"]);
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
