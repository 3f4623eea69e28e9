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
  const script = tour.replace("http://127.0.0.1:3000", origin).replace("TOKEN", "e1");
  const { stdout } = await promisify(execFile)("bash", ["-c", script]);
  return {
    statuses: [...stdout.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status)),
    contents: [...stdout.matchAll(/^\{.*\}$/gm)].map(([line]): unknown => JSON.parse(line)),
  };
}

/** Needs processes: it runs what `pnpm build` made, bash and curl. */
describe("the tour", () => {
  it("shows a conflict, both edits, two API versions, a rollback and yesterday; the second time as well", async () => {
    const store = `sqlite:${join(temporaryFolder(), "shop.db")}`;
    const { origin } = await startSample("express", { UNCLASH_STORE: store, UNCLASH_TOKENS: "editor=e1:admin" });
    const seeded = { title: "How to sharpen a kitchen knife" };
    for (const version of [1, 5]) {
      const { statuses, contents } = await take(origin);
      expect(statuses).toEqual([200, 409, 200, 200, 200, 409, 200, 200]);
      const [alices, conflict, bobs, article, history, inV1, carols, dans, rolledBack, yesterdays] = contents;
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
      const { body, ...others } = Object(bobs);
      expect(inV1).toEqual({ ...others, content: body });
      const written = expect.stringMatching(/^Ask us on a Tuesday, as of [\d:]{8}\.$/);
      expect(carols).toEqual({ ...others, version: version + 3, body: written });
      expect(dans).toMatchObject({
        current: { version: version + 3, representation: { content: written } },
        conflictingFields: ["/content"],
        changes: [{ op: "replace", path: "/content", value: written }],
      });
      expect(rolledBack).toMatchObject({ ...seeded, body, version: version + 4 });
      expect(yesterdays).toMatchObject({ ...seeded, body, version: 1 });
    }
  });

  it("names the address that a shop has unless told otherwise, and the editor's token, once", () => {
    for (const place of ["http://127.0.0.1:3000", "TOKEN"]) expect(tour.split(place)).toHaveLength(2);
  });
});
