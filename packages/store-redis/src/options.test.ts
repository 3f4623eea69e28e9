import { ConfigurationError } from "@unclash/core";
import { Cluster, Redis } from "ioredis";
import { createClient, createCluster } from "redis";
import { expect, test } from "vitest";
import { type AnyRedisClient, type RedisStoreOptions, resolveOptions } from "./options.js";

// What comes from a configuration file has no type.
const options = (json: string): RedisStoreOptions => JSON.parse(json);

test("the defaults are the name unclash, 5 s, 10,000 calls, lossy, no evicting server", () => {
  expect(resolveOptions({ url: "redis://localhost" })).toEqual({
    source: { url: "redis://localhost" },
    sourceOption: "url",
    name: "unclash",
    durability: undefined,
    failover: "lossy",
    allowEvictingRedis: false,
    timeoutMs: 5_000,
    queueMax: 10_000,
  });
});

test("clients of both libraries are recognised, those of a cluster too", () => {
  const clients: readonly AnyRedisClient[] = [
    new Redis({ lazyConnect: true }),
    new Cluster([{ port: 1 }], { lazyConnect: true }),
    createClient(),
    createCluster({ rootNodes: [{ url: "redis://localhost" }] }),
  ];
  for (const client of clients) expect(resolveOptions({ client }).source).toEqual({ client });
});

test.each([
  ["timeoutms", '{ "url": "redis://localhost", "timeoutms": 1 }'],
  ["options", '"redis://localhost"'],
  ["url", "{}"],
  ["url", '{ "url": "" }'],
  ["url", '{ "url": "http://localhost" }'],
  ["url", '{ "url": "redis://localhost/app" }'],
  ["client", '{ "url": "redis://localhost", "client": {} }'],
  ["client", '{ "client": {} }'],
  ["client", '{ "client": null }'],
  ["name", '{ "url": "redis://localhost", "name": "" }'],
  ["name", '{ "url": "redis://localhost", "name": "a}b" }'],
  ["durability", '{ "url": "redis://localhost", "durability": "full" }'],
  ["failover", '{ "url": "redis://localhost", "failover": "none" }'],
  ["allowEvictingRedis", '{ "url": "redis://localhost", "allowEvictingRedis": "yes" }'],
  ["timeoutMs", '{ "url": "redis://localhost", "timeoutMs": 0 }'],
  ["timeoutMs", '{ "url": "redis://localhost", "timeoutMs": 3000000000 }'],
  ["queueMax", '{ "url": "redis://localhost", "queueMax": 1.5 }'],
])("a mistake in %s is named: %s", (option, json) => {
  const resolve = () => resolveOptions(options(json));
  expect(resolve).toThrow(ConfigurationError);
  expect(resolve).toThrow(expect.objectContaining({ option }));
});

test("a url beside a client is refused: which of them is meant?", () => {
  const both: unknown = { url: "redis://localhost", client: createClient() };
  expect(() => resolveOptions(both as RedisStoreOptions)).toThrow("url must not stand beside client");
});
