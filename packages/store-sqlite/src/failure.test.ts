import { StoreError } from "@unclash/core";
import { describe, expect, test } from "vitest";
import { isBroken, isBusy, storeError } from "./failure.js";
import { sqliteError } from "./store.test-support.js";

const named = (code: string) => Object.assign(new Error("planned failure"), { code });

describe("a failure of SQLite", () => {
  test.each([
    ["SQLITE_BUSY", sqliteError(5), named("SQLITE_BUSY")],
    ["SQLITE_BUSY_RECOVERY", sqliteError(5 | (1 << 8)), named("SQLITE_BUSY_RECOVERY")],
    ["SQLITE_BUSY_SNAPSHOT", sqliteError(5 | (2 << 8)), named("SQLITE_BUSY_SNAPSHOT")],
    ["SQLITE_LOCKED", sqliteError(6), named("SQLITE_LOCKED")],
    ["SQLITE_PROTOCOL", sqliteError(15), named("SQLITE_PROTOCOL")],
  ])("%s means that another connection is at work", (_, ofNode, ofBetterSqlite3) => {
    expect([isBusy(ofNode), isBusy(ofBetterSqlite3)]).toEqual([true, true]);
  });

  test.each([
    ["SQLITE_FULL", sqliteError(13), named("SQLITE_FULL")],
    ["SQLITE_IOERR_FSYNC", sqliteError(10 | (4 << 8)), named("SQLITE_IOERR_FSYNC")],
    ["SQLITE_CORRUPT", sqliteError(11), named("SQLITE_CORRUPT")],
  ])("%s means that the file or the machine is broken", (_, ofNode, ofBetterSqlite3) => {
    for (const error of [ofNode, ofBetterSqlite3]) expect([isBroken(error), isBusy(error)]).toEqual([true, false]);
  });

  test.each([
    ["SQLITE_TOOBIG", sqliteError(18), named("SQLITE_TOOBIG")],
    ["SQLITE_CONSTRAINT", sqliteError(19), named("SQLITE_CONSTRAINT")],
    ["a mistake in a value", new TypeError("not bindable"), named("ERR_INVALID_ARG_TYPE")],
    ["something thrown that is no error", "SQLITE_BUSY", undefined],
  ])("%s is of one commit alone", (_, ofNode, ofBetterSqlite3) => {
    for (const error of [ofNode, ofBetterSqlite3]) expect([isBroken(error), isBusy(error)]).toEqual([false, false]);
  });
});

test("callers get a StoreError with the driver's own as its cause, and a StoreError as it is", () => {
  const cause = sqliteError(13);
  const error = storeError(cause, "unknown");
  expect(error).toMatchObject({ code: "ERR_UNCLASH_STORE", outcome: "unknown", cause });
  expect(error).toBeInstanceOf(StoreError);
  expect(storeError(error, "not-applied")).toBe(error);
});
