import { ConfigurationError } from "@unclash/core";
import { expect, test } from "vitest";
import { resolveOptions, type SqliteStoreOptions } from "./options.js";

// What comes from a configuration file has no type.
const options = (json: string): SqliteStoreOptions => JSON.parse(json);

test("the defaults are a commit on the disk, 5 s of waiting, groups of 5 ms, a queue of 10,000 and 4,000 pages", () => {
  expect(resolveOptions({ file: "a.db" })).toEqual({
    source: { file: "a.db" },
    sourceOption: "file",
    timeoutMs: 5_000,
    queueMax: 10_000,
    durability: "fsync",
    groupMaxMs: 5,
    walAutocheckpointPages: 4_000,
    clock: Date.now,
  });
});

test.each([
  ["timeout", '{ "file": "a.db", "timeout": 1 }'],
  ["path", '{ "path": "a.db" }'],
  ["options", '"a.db"'],
  ["file", "{}"],
  ["file", '{ "file": "" }'],
  ["file", '{ "file": 1 }'],
  ["file", '{ "file": ":memory:" }'],
  ["database", '{ "file": "a.db", "database": {} }'],
  ["database", '{ "database": {} }'],
  ["database", '{ "database": null }'],
  ["durability", '{ "file": "a.db", "durability": "none" }'],
  ["clock", '{ "file": "a.db", "clock": 1 }'],
  ["timeoutMs", '{ "file": "a.db", "timeoutMs": -1 }'],
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
