// The app runs in a process of its own, so that its end would be seen, and as the built package: `pnpm build` comes
// first.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { postgresUrl } from "@unclash/test-servers";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { createPostgresStore } from "./store.js";
import { endedPool, freshSchema, lostOf } from "./store.test-support.js";

// Every 60 ms, as long as it takes: for 30 s in a soak.
const everyMs = 60;
const times = process.env["SOAK"] === undefined ? 40 : 500;

/** Then more slowly, until enough has happened: a slow machine makes few connections in 60 ms. */
const slowlyMs = 500;
const timesMax = 10 * times;
const endedMin = times / 4;
const acknowledgedMin = 10;

describe.skipIf(postgresUrl === undefined)("where the server ends sessions again and again", () => {
  test.each(["own", "shared"])(
    "the app lives, on a pool that is the store's %s, loses nothing acknowledged, and recovers by itself",
    async (whose) => {
      const schema = await freshSchema();
      const url = new URL(postgresUrl ?? "");
      url.searchParams.set("application_name", schema);
      const script = fileURLToPath(new URL("../test-processes/commit-while-sessions-end.mjs", import.meta.url));
      const child = spawn(process.execPath, [script, url.href, schema, whose]);
      onTestFinished(() => void child.kill("SIGKILL"));
      const output = { text: "", errors: "" };
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        output.text += chunk;
      });
      child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
        output.errors += chunk;
      });
      const closed = once(child, "close");
      await expect.poll(() => output.text, { timeout: 60_000 }).toContain("ready");

      const keysIn = (text: string): readonly string[] => text.split("\n").filter((line) => line.includes("/"));
      const isEnough = (count: number): boolean => count > endedMin && keysIn(output.text).length > acknowledgedMin;
      const ended = await endSessions(schema, () => child.exitCode === null, isEnough);
      expect(output.errors).toBe("");
      expect(child.exitCode).toBe(null);
      expect(ended).toBeGreaterThan(endedMin);
      child.stdin.write("calm\n");
      await closed;
      expect([child.exitCode, output.errors]).toEqual([0, ""]);
      expect(output.text).toContain("recovered");
      const keys = keysIn(output.text);
      expect(keys.length).toBeGreaterThan(acknowledgedMin);
      expect(await lostOf({ schema }, keys)).toEqual([]);
      if (process.env["SOAK"] !== undefined) console.log(whose, ended, keys.length, output.text.split("\n").at(-2));
    },
    180_000,
  );

  test("a session that ends in the moment in which it is lent ends no process", async () => {
    const plan = { isArmed: false, ended: 0 };
    class EndingClient extends pg.Client {
      // The pool's own listener goes, and that of whoever borrows it has not come.
      override removeListener(event: string | symbol, listener: (...values: unknown[]) => void): this {
        super.removeListener(event, listener);
        if (plan.isArmed && event === "error") {
          plan.isArmed = false;
          plan.ended++;
          this.emit("error", new Error("terminating connection due to administrator command"));
        }
        return this;
      }
    }
    const pool = endedPool({ connectionString: postgresUrl, max: 2, Client: EndingClient });
    const store = await createPostgresStore({ pool, schema: await freshSchema() });
    for (const _ of [1, 2, 3]) {
      plan.isArmed = true;
      await store.read(["a/1"]);
    }
    expect(plan.ended).toBe(3);
    await store.close();
    expect([pool.listenerCount("error"), pool.listenerCount("acquire")]).toEqual([0, 0]);
  });
});

async function endSessions(
  name: string,
  isAlive: () => boolean,
  isEnough: (ended: number) => boolean,
): Promise<number> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  let ended = 0;
  for (let n = 0; isAlive() && (n < times || (n < timesMax && !isEnough(ended))); n++) {
    await setTimeout(n < times ? everyMs : slowlyMs);
    const { rowCount } = await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1",
      [name],
    );
    ended += rowCount ?? 0;
  }
  await client.end();
  return ended;
}
