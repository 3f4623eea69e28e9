import { expect, test } from "vitest";
import { createSqliteStore } from "./store.js";
import { commitOf, connect, freshFile, intercepted, putOf } from "./store.test-support.js";

test("the state at a moment is found in as many look-ups as the logarithm of all states", async () => {
  let lookUps = 0;
  const database = intercepted(connect(freshFile()), (sql) => {
    if (sql.includes("FROM log")) lookUps += 1;
  });
  const store = await createSqliteStore({ database });
  const states = 2_000;
  await Promise.all(
    Array.from({ length: states }, (_, n) => store.commit(commitOf([putOf("a/1")], { at: (n + 1) * 1_000 }))),
  );
  for (const version of [1, 2, 777, 1_999, 2_000]) {
    lookUps = 0;
    const { records } = await store.history("a/1", { at: version * 1_000 + 500, limit: 1, texts: false });
    expect(records.map((record) => record.version)).toEqual([version]);
    expect(lookUps).toBeLessThanOrEqual(Math.ceil(Math.log2(states)) + 2);
  }
});
