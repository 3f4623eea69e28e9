import { randomBytes } from "node:crypto";
import { createRedisStore } from "@unclash/redis";
import { redisUrl } from "@unclash/test-servers";
import { Redis } from "ioredis";
import { test } from "vitest";
import { ownPassMs } from "./clocks.js";
import { holdAgainstModel, modelTimeoutMs } from "./run.js";
import type { Subject } from "./trial.js";

const url = redisUrl ?? "";

test.skipIf(redisUrl === undefined)(
  "whatever is done to it, the store in Redis is what the model says",
  { timeout: modelTimeoutMs },
  async () => {
    const name = `model-${randomBytes(6).toString("hex")}`;
    const open = () => createRedisStore({ url, name, onWarning: () => {} });
    let subject: Subject = {
      store: await open(),
      async reopen(store) {
        await store.close();
        return open();
      },
    };
    try {
      await holdAgainstModel({
        passMs: ownPassMs,
        reopenings: 4,
        open: async () => subject,
        async close(left) {
          subject = left;
        },
      });
    } finally {
      await subject.store.close();
      const redis = new Redis(url);
      for await (const keys of redis.scanStream({ match: `{${name}}:*`, count: 1_000 })) {
        if (Array.isArray(keys) && keys.length > 0) await redis.unlink(keys);
      }
      await redis.quit();
    }
  },
);
