import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isSoak, startSample, temporaryFolder } from "./sample.test-support.js";
import { appendLines, readLines } from "./writers.test-support.js";

const clients = isSoak ? 8 : 4;
const linesEach = isSoak ? 15 : 10;

/** Needs processes and kills: it runs what `pnpm build` made. */
describe("two processes of a sample on one SQLite file", { timeout: 60_000 }, () => {
  it("lose no update of clients who edit one article", async () => {
    const variables = { UNCLASH_STORE: `sqlite:${join(temporaryFolder(), "shop.db")}` };
    const samples = await Promise.all([startSample("express", variables), startSample("express", variables)]);
    const url = (index: number): string => `${samples[index % 2]?.origin}/articles/1`;
    const { acknowledged, unknown, statuses } = await appendLines({
      clients,
      linesEach,
      urlFor: (client, attempt) => url(client + attempt),
    });
    expect(unknown).toEqual([]);
    expect(acknowledged).toHaveLength(clients * linesEach);
    // Were there no conflicts, this would have shown nothing.
    expect([...statuses.keys()].sort()).toEqual([200, 409]);
    const [here, there] = await Promise.all([readLines(url(0)), readLines(url(1))]);
    expect(there).toEqual(here);
    expect(here.lines.toSorted()).toEqual(acknowledged.toSorted());
    expect(here.version).toBe(1 + acknowledged.length);
  });

  it("keep every acknowledged edit when one of them is killed in the middle and started again", async () => {
    const variables = { UNCLASH_STORE: `sqlite:${join(temporaryFolder(), "shop.db")}` };
    const survivor = await startSample("express", variables);
    let other = await startSample("express", variables);
    let restarts = 0;
    let restarted = Promise.resolve();
    let killedAt = 0;
    const restart = async (): Promise<void> => {
      other.kill("SIGKILL");
      await other.ended;
      other = await startSample("express", variables);
      restarts++;
    };
    const { acknowledged, unknown, statuses } = await appendLines({
      clients,
      linesEach,
      urlFor: (client, attempt) => `${((client + attempt) % 2 === 0 ? survivor : other).origin}/articles/1`,
      onAcknowledged: (count) => {
        if (count % 12 === 3) {
          killedAt = count;
          restarted = restarted.then(restart);
        }
        // Some lines are written by the survivor alone; then they wait, so that the next kill comes in the middle as
        // well.
        return count - killedAt < 4 ? undefined : restarted;
      },
    });
    await restarted;
    expect(restarts).toBeGreaterThan(2);
    expect([...statuses.keys()].sort()).toEqual([200, 409]);
    for (const { origin } of [survivor, other]) {
      const { lines, version } = await readLines(`${origin}/articles/1`);
      expect(lines).toEqual([...new Set(lines)]);
      expect(acknowledged.filter((line) => !lines.includes(line))).toEqual([]);
      expect(lines.filter((line) => !acknowledged.includes(line) && !unknown.includes(line))).toEqual([]);
      expect(version).toBe(1 + lines.length);
    }
  });
});
