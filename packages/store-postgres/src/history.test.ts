import { postgresUrl } from "@unclash/test-servers";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { functionNames } from "./sql/names.js";
import { createPostgresStore } from "./store.js";
import { commitOf, freshSchema } from "./store.test-support.js";

test.skipIf(postgresUrl === undefined)(
  "the state at a moment is found in as many look-ups as the logarithm of all states",
  async () => {
    const schema = await freshSchema();
    const store = await createPostgresStore({ url: postgresUrl ?? "", schema });
    onTestFinished(() => store.close());
    const states = 128;
    for (let n = 1; n <= states; n += 1) {
      await store.commit(commitOf(n * 1_000, [{ key: "a/1", expect: "any", put: `{"n":${n}}` }]));
    }
    const client = new pg.Client({ connectionString: postgresUrl });
    await client.connect();
    onTestFinished(() => client.end());
    const rows = async (sql: string, values: unknown[] = []): Promise<readonly Record<string, unknown>[]> =>
      (await client.query(sql, values)).rows;
    // What this session counts for others is not told to them within a second: only differences say something.
    const countRows = async (): Promise<readonly number[]> => {
      const [counts = {}] = await rows(
        `SELECT coalesce(seq_tup_read, 0)::int AS scanned, coalesce(idx_tup_fetch, 0)::int AS fetched
          FROM pg_stat_xact_user_tables WHERE schemaname = '${schema}' AND relname = 'log'`,
      );
      return [Number(counts["scanned"]), Number(counts["fetched"])];
    };
    for (const version of [1, 2, 77, 127, 128]) {
      await client.query("BEGIN");
      const [, before = 0] = await countRows();
      const moment = version * 1_000 + 500;
      const answer = await rows(`SELECT * FROM "${schema}".${functionNames.history}($1, $2, $3, 1, NULL)`, [
        "a/1",
        Number.MAX_SAFE_INTEGER,
        moment,
      ]);
      expect(answer.filter(({ kind }) => kind === "state").map((row) => Number(row["version"]))).toEqual([version]);
      const [scanned, after = 0] = await countRows();
      await client.query("ROLLBACK");
      expect(scanned).toBe(0);
      expect(after).toBeGreaterThan(before);
      expect(after - before).toBeLessThanOrEqual(Math.ceil(Math.log2(states)) + 2);
    }
  },
);
