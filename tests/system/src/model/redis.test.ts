import { randomBytes } from "node:crypto";
import { createRedisStore } from "@unclash/redis";
import { redisUrl } from "@unclash/test-servers";
import { test } from "vitest";
import { deleteKeys } from "../leftovers.js";
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
      await deleteKeys(url, [name]);
    }
  },
);
