import { ConfigurationError } from "@unclash/core";
import { expect, test } from "vitest";
import { resolveOptions, type SqliteStoreOptions } from "./options.js";

// What comes from a configuration file has no type.
const options = (json: string): SqliteStoreOptions => JSON.parse(json);

test("the defaults are a commit on the disk, 5 s of waiting, groups of 5 ms, a queue of 10,000 and 4,000 pages", () => {
  expect(resolveOptions({ file: "a.db" })).toEqual({
    file: "a.db",
    synchronous: "full",
    busyTimeoutMs: 5_000,
    groupMaxMs: 5,
    queueMax: 10_000,
    walAutocheckpointPages: 4_000,
    clock: Date.now,
  });
});

test.each([
  ["busyTimeout", '{ "file": "a.db", "busyTimeout": 1 }'],
  ["path", '{ "path": "a.db" }'],
  ["options", '"a.db"'],
  ["file", "{}"],
  ["file", '{ "file": "" }'],
  ["file", '{ "file": 1 }'],
  ["file", '{ "file": ":memory:" }'],
  ["database", '{ "file": "a.db", "database": {} }'],
  ["database", '{ "database": {} }'],
  ["database", '{ "database": null }'],
  ["synchronous", '{ "file": "a.db", "synchronous": "off" }'],
  ["clock", '{ "file": "a.db", "clock": 1 }'],
  ["busyTimeoutMs", '{ "file": "a.db", "busyTimeoutMs": -1 }'],
  ["groupMaxMs", '{ "file": "a.db", "groupMaxMs": 0 }'],
  ["queueMax", '{ "file": "a.db", "queueMax": 1.5 }'],
  ["walAutocheckpointPages", '{ "file": "a.db", "walAutocheckpointPages": "many" }'],
])("a mistake in %s is named: %s", (option, json) => {
  const resolve = () => resolveOptions(options(json));
  expect(resolve).toThrow(ConfigurationError);
  expect(resolve).toThrow(expect.objectContaining({ option }));
});

test("a file beside a connection is refused: which of them is meant?", () => {
  const database = { exec() {}, prepare: () => ({}), close() {} };
  const both: unknown = { file: "a.db", database };
  expect(() => resolveOptions(both as SqliteStoreOptions)).toThrow("file must not stand beside database");
});
