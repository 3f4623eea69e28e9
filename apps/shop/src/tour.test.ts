import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { startSample, temporaryFolder } from "./sample.test-support.js";

const tour = readFileSync(new URL("../../../scripts/tour.sh", import.meta.url), "utf8");

interface Taken {
  readonly statuses: readonly number[];
  /** The JSON of each answer, in order. */
  readonly contents: readonly unknown[];
}

/** Runs the tour as if it had been pasted. */
async function take(origin: string): Promise<Taken> {
  const { stdout } = await promisify(execFile)("bash", ["-c", tour.replace("http://127.0.0.1:3000", origin)]);
  return {
    statuses: [...stdout.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status)),
    contents: [...stdout.matchAll(/^\{.*\}$/gm)].map(([line]): unknown => JSON.parse(line)),
  };
}

/** Needs processes: it runs what `pnpm build` made, bash and curl. */
describe("the tour", () => {
  it("shows a conflict, and both edits in the end; the second time as well", async () => {
    const { origin } = await startSample("express", { UNCLASH_STORE: `sqlite:${join(temporaryFolder(), "shop.db")}` });
    for (const version of [1, 3]) {
      const { statuses, contents } = await take(origin);
      expect(statuses).toEqual([200, 409, 200]);
      const [alices, conflict, bobs, article, history] = contents;
      const title = expect.stringMatching(/^How to sharpen any knife, as of [\d:]{8}$/);
      expect(alices).toMatchObject({ version: version + 1, title });
      expect(conflict).toMatchObject({
        type: "urn:problem-type:unclash:version-conflict",
        current: { version: version + 1, representation: alices },
        conflictingFields: ["/title"],
        changes: [{ op: "replace", path: "/title", value: title }],
      });
      expect(bobs).toMatchObject({
        version: version + 2,
        title: expect.stringMatching(/^How to sharpen any knife, as of [\d:]{8}, on a stone$/),
      });
      expect(article).toEqual(bobs);
      expect(history).toMatchObject({
        items: Array.from({ length: version + 2 }, (_, n) => ({ version: version + 2 - n })),
      });
    }
  });

  it("names the address that a shop has unless told otherwise, once", () => {
    expect(tour.split("http://127.0.0.1:3000")).toHaveLength(2);
  });
});
