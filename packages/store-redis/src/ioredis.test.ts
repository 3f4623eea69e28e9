import { Cluster } from "ioredis";
import { expect, test, vi } from "vitest";
import { faultOfReply } from "./client.js";
import { connectIoredis } from "./ioredis.js";

test("connects to a Cluster with what its owner gave for the nodes, but for a prefix of keys", async () => {
  const redisOptions = { password: "secret", tls: { servername: "redis.test" }, keyPrefix: "app:" };
  const owner = new Cluster([{ port: 1 }], { lazyConnect: true, clusterRetryStrategy: () => null, redisOptions });
  const duplicate = vi.spyOn(owner, "duplicate");
  await expect(connectIoredis(owner, new AbortController().signal)).rejects.toThrow();
  expect(duplicate.mock.calls[0]?.[1]).toMatchObject({
    redisOptions: { password: "secret", tls: { servername: "redis.test" }, keyPrefix: "", maxRetriesPerRequest: 0 },
  });
});

test.each([
  ["OOM command not allowed when used memory > 'maxmemory'.", "refused"],
  ["ERR Error running script (call to f_1): @user_script:9: @user_script: 9: -OOM command not allowed", "refused"],
  ["READONLY You can't write against a read only replica.", "refused"],
  ["NOSCRIPT No matching script.", "refused"],
  ["ERR unknown command 'CONFIG'", "refused"],
  ["WRONGTYPE Operation against a key holding the wrong kind of value script: 1, on @user_script:152.", "failed"],
  ["ERR user_script:12: data string too short script: 1, on @user_script:12.", "failed"],
  ["ERR Connection timed out", "failed"],
  ["upstream failure", "failed"],
])("what the server answers with %j is %s", (message, fault) => {
  expect(faultOfReply(message)).toBe(fault);
});
