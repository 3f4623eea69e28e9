import { ConfigurationError } from "@unclash/core";
import { expect, test } from "vitest";
import { type PostgresStoreOptions, resolveOptions } from "./options.js";

const pool = { connect: () => Promise.reject(new Error("not connected")) };

test.each<readonly [option: string, options: unknown]>([
  ["poolsize", { url: "postgres://localhost", poolsize: 3 }],
  ["options", undefined],
  ["options", "postgres://localhost"],
  ["pool", { pool: Promise.resolve(pool) }],
  ["url", {}],
  ["url", { url: "" }],
  ["url", { url: "mysql://localhost" }],
  ["url", { url: "postgres://localhost", pool }],
  ["pool", { pool: {} }],
  ["poolSize", { pool, poolSize: 3 }],
  ["poolSize", { url: "postgres://localhost", poolSize: 0 }],
  ["schema", { pool, schema: "" }],
  ["schema", { pool, schema: "Upper" }],
  ["schema", { pool, schema: 'a"; DROP SCHEMA public; --' }],
  ["schema", { pool, schema: "pg_catalog" }],
  ["schema", { pool, schema: "a".repeat(49) }],
  ["timeoutMs", { pool, timeoutMs: 0 }],
  ["timeoutMs", { pool, timeoutMs: 2 ** 31 }],
  ["queueMax", { pool, queueMax: -1 }],
  ["migrate", { pool, migrate: "yes" }],
  ["preparedStatements", { pool, preparedStatements: 1 }],
  ["notifications", { pool, notifications: "on" }],
  ["failover", { pool, failover: "sometimes" }],
])("a mistake in %s is named", (option, options) => {
  const resolve = (): unknown => resolveOptions(options as PostgresStoreOptions);
  expect(resolve).toThrow(ConfigurationError);
  expect(resolve).toThrow(expect.objectContaining({ option }));
});

test("the defaults are those of the documentation", () => {
  expect(resolveOptions({ url: "postgres://localhost" })).toEqual({
    source: { url: "postgres://localhost", poolSize: 10 },
    sourceOption: "url",
    schema: "unclash",
    migrate: true,
    timeoutMs: 5_000,
    queueMax: 10_000,
    preparedStatements: false,
    notifications: true,
    failover: "safe",
  });
});
