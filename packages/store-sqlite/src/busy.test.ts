// These tests take real time: some milliseconds each. No duration is asserted.
import { setImmediate } from "node:timers/promises";
import { ConfigurationError, StoreError } from "@unclash/core";
import { describe, expect, test } from "vitest";
import { patiently } from "./busy.js";
import { createSqliteStore } from "./store.js";
import { commitOf, connect, freshFile, putOf, sqliteError } from "./store.test-support.js";

function failing(times: number, error: Error) {
  let tries = 0;
  return () => {
    tries++;
    if (tries <= times) throw error;
    return tries;
  };
}

describe("waiting for another process", () => {
  test("tries again until it has let go", async () => {
    expect(await patiently(failing(3, sqliteError(5)), 1_000)).toBe(4);
  });

  test("ends with a StoreError that says that nothing was applied", async () => {
    const gaveUp = { name: "StoreError", outcome: "not-applied", message: expect.stringContaining("5 ms") };
    await expect(patiently(failing(Infinity, sqliteError(5)), 5)).rejects.toMatchObject(gaveUp);
  });

  test("is for locks alone: what failed otherwise fails at once", async () => {
    await expect(patiently(failing(1, sqliteError(10)), 1_000)).rejects.toThrow(StoreError);
    const mistake = new ConfigurationError("file", "is wrong");
    await expect(patiently(failing(1, mistake), 1_000)).rejects.toBe(mistake);
  });
});

describe("a file that another connection has locked", () => {
  test("lets the event loop run while a commit waits, and the commit through once it is free", async () => {
    const file = freshFile();
    const store = await createSqliteStore({ file });
    const other = connect(file);
    other.exec("BEGIN IMMEDIATE");
    let settled = false;
    const commit = store.commit(commitOf([putOf("a/1")])).finally(() => {
      settled = true;
    });
    for (let turn = 0; turn < 100; turn++) await setImmediate();
    expect(settled).toBe(false);
    expect((await store.read(["a/1"])).records).toEqual([undefined]);
    other.exec("ROLLBACK");
    expect(await commit).toMatchObject({ kind: "committed" });
    await store.close();
  });

  test("fails the commits that have waited for too long, and no later one", async () => {
    const file = freshFile();
    const store = await createSqliteStore({ file, timeoutMs: 20 });
    const other = connect(file);
    other.exec("BEGIN IMMEDIATE");
    const commits = ["a/1", "a/2"].map((key) => store.commit(commitOf([putOf(key)])));
    for (const commit of commits)
      await expect(commit).rejects.toMatchObject({ code: "ERR_UNCLASH_STORE", outcome: "not-applied" });
    other.exec("ROLLBACK");
    expect(await store.commit(commitOf([putOf("a/1", { expect: "absent" })]))).toMatchObject({ kind: "committed" });
    await store.close();
  });
});
