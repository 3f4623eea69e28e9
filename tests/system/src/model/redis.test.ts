import { randomBytes } from "node:crypto";
import { createRedisStore } from "@unclash/redis";
import { redisUrl } from "@unclash/test-servers";
import { test } from "vitest";
import { deleteKeys } from "../leftovers.js";
import { holdAgainstModel, modelRuns, modelTimeoutMs } from "./run.js";
import { serverPlace } from "./server-place.js";

const url = redisUrl ?? "";

test.skipIf(redisUrl === undefined)(
  "whatever is done to it, the store in Redis is what the model says",
  { timeout: modelTimeoutMs },
  async () => {
    const names = [1, 2, 3, 4].map(() => `model-${randomBytes(6).toString("hex")}`);
    const places = await Promise.all(names.map((name) => serverPlace(() => createRedisStore({ url, name }), 4)));
    try {
      await holdAgainstModel(places, modelRuns.server);
    } finally {
      await Promise.all(places.map((place) => place.end()));
      await deleteKeys(url, names);
    }
  },
);
