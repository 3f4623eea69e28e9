import { redisUrl, startRedis } from "@unclash/test-servers";
import { expect, onTestFinished, test } from "vitest";
import { createRedisStore } from "./store.js";
import { commitOf, connectTo, putOf } from "./store.test-support.js";

test.skipIf(redisUrl === undefined)(
  "the state at a moment is found in as many look-ups as the logarithm of all states",
  async () => {
    // A server of its own: it counts the commands of all clients.
    const { url, remove } = await startRedis();
    onTestFinished(() => remove());
    const store = await createRedisStore({ url });
    onTestFinished(() => store.close());
    const states = 128;
    for (let n = 1; n <= states; n += 1) await store.commit(commitOf([putOf("a/1")], { at: n * 1_000 }));
    const redis = connectTo(url);
    const lookUps = async (): Promise<number> =>
      Number(/^cmdstat_hget:calls=(\d+)/m.exec(await redis.info("commandstats"))?.[1] ?? 0);
    for (const version of [1, 2, 77, 127, 128]) {
      const before = await lookUps();
      const { records } = await store.history("a/1", { at: version * 1_000 + 500, limit: 1, texts: true });
      expect(records.map((record) => record.version)).toEqual([version]);
      const taken = (await lookUps()) - before;
      expect(taken).toBeGreaterThan(0);
      expect(taken).toBeLessThanOrEqual(Math.ceil(Math.log2(states)) + 4);
    }
  },
);
