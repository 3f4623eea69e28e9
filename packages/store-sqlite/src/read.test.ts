import { expect, test } from "vitest";
import { createSqliteStore } from "./store.js";
import { commitOf, connect, freshFile, intercepted, putOf } from "./store.test-support.js";

/** A store with two records, and a second process that writes both just before the statement that `when` picks. */
async function overtaken(when: (sql: string, values: readonly unknown[]) => boolean) {
  const file = freshFile();
  const plan = { armed: false };
  const other = connect(file);
  const database = intercepted(connect(file), (sql, values) => {
    if (!plan.armed || !when(sql, values)) return;
    plan.armed = false;
    other.exec("BEGIN IMMEDIATE; UPDATE head SET version = 9; DELETE FROM log; COMMIT");
  });
  const store = await createSqliteStore({ database });
  await store.commit(commitOf([putOf("a/1"), putOf("a/2")]));
  await store.commit(commitOf([putOf("a/1"), putOf("a/2")]));
  plan.armed = true;
  return { store, plan };
}

test("a read of several keys is one view, though another process writes in the middle of it", async () => {
  const { store, plan } = await overtaken((_, values) => values.includes("a/2"));
  const { records } = await store.read(["a/1", "a/2"]);
  expect(plan.armed).toBe(false);
  expect(records.map((record) => record?.version)).toEqual([2, 2]);
  expect((await store.read(["a/1", "a/2"])).records.map((record) => record?.version)).toEqual([9, 9]);
});

test("a history is one view, though another process writes in the middle of it", async () => {
  const { store, plan } = await overtaken((sql) => sql.includes("FROM log WHERE id = ? AND version < ?"));
  const { records } = await store.history("a/1", { limit: 10, texts: true });
  expect(plan.armed).toBe(false);
  expect(records.map(({ version, text }) => [version, text])).toEqual([
    [2, "{}"],
    [1, "{}"],
  ]);
});
