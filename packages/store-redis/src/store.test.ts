import { storeSuite } from "@unclash/conformance/store";
import { redisUrl } from "@unclash/test-servers";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, describe, test } from "vitest";
import type { AnyRedisClient } from "./options.js";
import { createRedisStore } from "./store.js";
import { freshName, removeStore } from "./store.test-support.js";

const url = redisUrl ?? "";
const clients: readonly (readonly [string, AnyRedisClient])[] = [
  ["ioredis", new Redis(url, { lazyConnect: true })],
  ["node-redis", createClient({ url })],
];

describe.skipIf(redisUrl === undefined).each(clients)("the Redis store on %s", (_, client) => {
  const names = new WeakMap<object, string>();
  const prefix = freshName();
  let count = 0;
  afterAll(() => removeStore(url, `${prefix}-*`));

  storeSuite({
    test,
    clock: "own",
    async open(context) {
      const name = `${prefix}-${count++}`;
      names.set(context, name);
      return createRedisStore({ client, name });
    },
    async reopen(store, context) {
      await store.close();
      return createRedisStore({ client, name: names.get(context) ?? "" });
    },
  });
});
