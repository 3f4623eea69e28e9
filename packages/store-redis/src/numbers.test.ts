import { redisUrl } from "@unclash/test-servers";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRedisStore } from "./store.js";
import { commitOf, connectTo, freshName, putOf, removeStore } from "./store.test-support.js";

const url = redisUrl ?? "";
// Lua's own digits for it are 9.0071992547e+15. Nearer to 2^53, ioredis reads numbers that are off by one.
const large = 9_007_199_254_700_001;

async function open() {
  const name = freshName();
  const store = await createRedisStore({ url, name });
  onTestFinished(async () => {
    await store.close();
    await removeStore(url, name);
  });
  return { store, redis: connectTo(url), prefix: `{${name}}:` };
}

describe.skipIf(redisUrl === undefined)("numbers that Lua would shorten", () => {
  test.each([
    ["the script for one put", putOf("a/1", { put: '"new"' })],
    ["the general script", putOf("a/1", { put: '"new"', index: [{ name: "n", value: "v" }] })],
  ])("versions, revisions and moments near 2^53 keep their digits in %s", async (_, write) => {
    const { store, redis, prefix } = await open();
    await redis.set(`${prefix}rev`, large);
    await store.commit(commitOf([putOf("a/1", { put: '"old"' })], { at: large }));
    // As if it had been written that often.
    await redis.eval(
      `local m = redis.call('HGET', KEYS[1], 'm')
      local version = struct.pack('>d', ARGV[1])
      m = string.sub(m, 1, 1) .. version .. string.sub(m, 10, 41) .. version .. string.sub(m, 50)
      redis.call('HSET', KEYS[1], 'm', m, ARGV[1], redis.call('HGET', KEYS[1], '1'))`,
      1,
      `${prefix}r:a/1`,
      large,
    );
    const [before] = (await store.read(["a/1"])).records;
    expect(before).toMatchObject({ version: large, revision: large + 1, modifiedAt: large, text: '"old"' });
    const events = [{ type: "changed", key: "a/1", version: large + 1 }];
    const result = await store.commit(
      commitOf([{ ...write, expect: { tag: before?.tag ?? "" } }], { at: large, events }),
    );
    expect(result).toMatchObject({ kind: "committed", records: [{ version: large + 1, revision: large + 2 }] });
    const { records } = await store.history("a/1", { limit: 10, texts: true });
    expect(records.map(({ version, modifiedAt, text }) => [version, modifiedAt, text])).toEqual([
      [large + 1, large + 1, '"new"'],
      [large, large, '"old"'],
    ]);
    for await (const event of store.follow("start", new AbortController().signal)) {
      expect(event).toMatchObject({ revision: large + 2, version: large + 1, at: large });
      break;
    }
    const redaction = commitOf([{ key: "a/1", expect: "any", redact: "null", version: large }]);
    expect((await store.commit(redaction)).kind).toBe("committed");
  });

  test("a ttl of a hundred years is kept to the millisecond", async () => {
    const { store } = await open();
    const ttlMs = 3_155_760_000_000;
    const result = await store.commit(commitOf([putOf("a/1", { ttlMs })]));
    const { now, records } = await store.read(["a/1"]);
    const lapsesAt = records[0]?.lapsesAt ?? 0;
    expect(result).toMatchObject({ records: [{ lapsesAt }] });
    expect(lapsesAt).toBeGreaterThan(now + ttlMs - 60_000);
    expect(lapsesAt).toBeLessThanOrEqual(now + ttlMs);
  });
});
