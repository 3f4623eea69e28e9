import { StoreError } from "@unclash/core";
import { describe, expect, test } from "vitest";
import { createSqliteStore } from "./store.js";
import { commitOf, connect, freshFile, intercepted, putOf, sqliteError, versionsOf } from "./store.test-support.js";

/** Opens a store whose connection counts its COMMITs, and fails where it is told to. */
async function watched(settings: { readonly groupMaxMs?: number; readonly queueMax?: number } = {}) {
  const plan: { commits: number; fail?: ((sql: string, values: readonly unknown[]) => void) | undefined } = {
    commits: 0,
  };
  const raw = connect(freshFile());
  const database = intercepted(raw, (sql, values) => {
    if (sql === "COMMIT") plan.commits++;
    plan.fail?.(sql, values);
  });
  const store = await createSqliteStore({ database, ...settings });
  plan.commits = 0;
  return { store, plan, raw };
}

const outcomes = async (results: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(results)).map((result) =>
    result.status === "fulfilled"
      ? "answered"
      : result.reason instanceof StoreError
        ? result.reason.outcome
        : `${result.reason}`,
  );

describe("commits that wait together", () => {
  test("share one COMMIT, and each has an outcome of its own", async () => {
    const { store, plan } = await watched({ groupMaxMs: 10_000 });
    const keys = Array.from({ length: 50 }, (_, n) => `a/${n % 25}`);
    const results = await Promise.all(keys.map((key) => store.commit(commitOf([putOf(key, { expect: "absent" })]))));
    expect(plan.commits).toBe(1);
    expect(results.map(({ kind }) => kind)).toEqual([...Array(25).fill("committed"), ...Array(25).fill("clash")]);
  });

  test("each see what those before them have written", async () => {
    const { store } = await watched();
    const first = commitOf([putOf("a/1")]);
    const [, second, stale] = await Promise.all([
      store.commit(first),
      store.commit(commitOf([putOf("a/1", { expect: { tag: first.tag } })])),
      store.commit(commitOf([putOf("a/1", { expect: { tag: first.tag } })])),
    ]);
    expect([second?.kind, stale?.kind]).toEqual(["committed", "clash"]);
    expect(await versionsOf(store, "a/1")).toEqual([2, 1]);
  });

  test("may pass a unique value on, and one that comes too late writes nothing of what it brings", async () => {
    const { store } = await watched();
    const index = [{ name: "email", value: "a@example.org", unique: true }];
    const results = await Promise.all([
      store.commit(commitOf([putOf("a/1", { index })])),
      store.commit(commitOf([putOf("a/1"), putOf("a/2", { index })])),
      store.commit(commitOf([putOf("a/4"), putOf("a/3", { index })])),
    ]);
    expect(results.map(({ kind }) => kind)).toEqual(["committed", "committed", "clash"]);
    expect((await store.read(["a/3", "a/4"])).records).toEqual([undefined, undefined]);
  });

  test("go into several groups where there are more than fit into its time", async () => {
    const { store, plan } = await watched({ groupMaxMs: 1 });
    const text = JSON.stringify("x".repeat(20_000));
    const keys = Array.from({ length: 1_000 }, (_, n) => `a/${n}`);
    await Promise.all(keys.map((key) => store.commit(commitOf([putOf(key, { put: text })]))));
    expect(plan.commits).toBeGreaterThan(1);
    expect(plan.commits).toBeLessThan(1_000);
  });

  test("are at most queueMax: one more is refused, and those before it are carried out", async () => {
    const { store } = await watched({ queueMax: 2 });
    const results = ["a/1", "a/2", "a/3"].map((key) => store.commit(commitOf([putOf(key)])));
    expect(await outcomes(results)).toEqual(["answered", "answered", "not-applied"]);
    expect(await outcomes([store.commit(commitOf([putOf("a/3")]))])).toEqual(["answered"]);
  });

  test("are all carried out before the store closes", async () => {
    const file = freshFile();
    const store = await createSqliteStore({ file });
    const results = ["a/1", "a/2"].map((key) => store.commit(commitOf([putOf(key)])));
    await store.close();
    expect(await outcomes(results)).toEqual(["answered", "answered"]);
    expect(await outcomes([store.commit(commitOf([putOf("a/3")]))])).toEqual(["not-applied"]);
  });
});

describe("a group that fails", () => {
  test("at its COMMIT leaves the outcome unknown, but that of a clash; and later commits go on", async () => {
    const { store, plan } = await watched();
    plan.fail = (sql) => {
      if (sql === "COMMIT") throw sqliteError(10);
    };
    const commits = [putOf("a/1"), putOf("a/2"), putOf("a/3", { expect: "present" })].map((write) => commitOf([write]));
    const results = commits.map((commit) => store.commit(commit));
    expect(await outcomes(results)).toEqual(["unknown", "unknown", "not-applied"]);
    plan.fail = undefined;
    expect((await store.read(["a/1"])).records).toEqual([undefined]);
    expect(await store.commit(commitOf([putOf("a/1", { expect: "absent" })]))).toMatchObject({ kind: "committed" });
  });

  test("at a statement, as the disk is full, was not applied; reads go on, and with room so do writes", async () => {
    const { store, raw } = await watched();
    await store.commit(commitOf([putOf("a/0")]));
    const pages = raw.prepare("PRAGMA page_count").get();
    raw.exec(`PRAGMA max_page_count = ${Object.values(pages ?? {})[0]}`);
    const text = JSON.stringify("x".repeat(50_000));
    const results = ["a/1", "a/2"].map((key) => store.commit(commitOf([putOf(key, { put: text })])));
    expect(await outcomes(results)).toEqual(["not-applied", "not-applied"]);
    expect((await store.read(["a/0", "a/1"])).records).toMatchObject([{ version: 1 }, undefined]);
    raw.exec("PRAGMA max_page_count = 1000000");
    expect(await outcomes([store.commit(commitOf([putOf("a/1", { put: text })]))])).toEqual(["answered"]);
  });

  test("because of one commit alone fails that one, and carries out the others", async () => {
    const { store, plan } = await watched();
    plan.fail = (_, values) => {
      if (values.includes('"poison"')) throw sqliteError(18);
    };
    const texts = ['"a"', '"poison"', '"b"'];
    const results = texts.map((put, n) => store.commit(commitOf([putOf(`a/${n}`), putOf(`b/${n}`, { put })])));
    expect(await outcomes(results)).toEqual(["answered", "not-applied", "answered"]);
    const { records } = await store.read(["a/0", "a/1", "a/2"]);
    expect(records.map((record) => record?.version)).toEqual([1, undefined, 1]);
  });

  test("because it cannot begin was not applied", async () => {
    const { store, plan } = await watched();
    plan.fail = (sql) => {
      if (sql === "BEGIN IMMEDIATE") throw sqliteError(10);
    };
    const results = ["a/1", "a/2"].map((key) => store.commit(commitOf([putOf(key)])));
    expect(await outcomes(results)).toEqual(["not-applied", "not-applied"]);
  });
});

test("revisions and events are numbered in the order of commits, also after the last was forgotten", async () => {
  const { store, raw } = await watched();
  const events = [{ type: "resource.changed", key: "a/1" }];
  const revisions: number[] = [];
  for (const write of [putOf("a/1"), putOf("a/1"), putOf("b/1", { keep: "none" }), putOf("a/2")]) {
    const result = await store.commit(commitOf([write], { events }));
    if (result.kind === "committed") revisions.push(result.records[0]?.revision ?? 0);
    if (write.key !== "a/1") await store.commit(commitOf([{ key: write.key, expect: "any", delete: "forget" }]));
  }
  expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
  expect(raw.prepare("SELECT revision FROM event ORDER BY position").all()).toEqual(
    revisions.map((revision) => ({ revision })),
  );
});
