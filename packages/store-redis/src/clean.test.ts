import { redisUrl } from "@unclash/test-servers";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRedisStore } from "./store.js";
import { commitOf, connectTo, freshName, putOf, removeStore } from "./store.test-support.js";

const url = redisUrl ?? "";

async function open() {
  const name = freshName();
  const store = await createRedisStore({ url, name });
  onTestFinished(async () => {
    await store.close();
    await removeStore(url, name);
  });
  const redis = connectTo(url);
  const fields = async (): Promise<readonly string[]> => (await redis.hkeys(`{${name}}:r:a/1`)).sort();
  return { store, redis, fields, prefix: `{${name}}:` };
}

describe.skipIf(redisUrl === undefined)("cleaning", () => {
  test("leaves no field of a past that is no longer to be kept, however many steps that takes", async () => {
    const { store, fields } = await open();
    for (let n = 0; n < 5; n++) await store.commit(commitOf([putOf("a/1")]));
    for (let n = 0; n < 3; n++) await store.commit(commitOf([putOf("a/1", { keep: "none" })]));
    const { records } = await store.history("a/1", { limit: 10, texts: true });
    expect(records.map(({ version }) => version)).toEqual([8]);
    expect(await store.clean(2)).toEqual({ removed: 2, more: true });
    for (let more = true; more; ) more = (await store.clean(2)).more;
    expect(await fields()).toEqual(["m", "x"]);
  });

  test("leaves what is kept again alone, where an earlier past is not cleaned away yet", async () => {
    const { store, fields } = await open();
    const keeps = ["all", "all", "none", "none", "all", "all", "none", "none", { count: 1 }, { count: 1 }] as const;
    for (const keep of keeps)
      await store.commit(commitOf([putOf("a/1", { keep, put: `"${JSON.stringify(keep).length}"` })]));
    for (let more = true; more; ) more = (await store.clean(1)).more;
    const { records } = await store.history("a/1", { limit: 20, texts: true });
    expect(records.map(({ version, text }) => [version, text])).toEqual([
      [10, '"11"'],
      [9, '"11"'],
    ]);
    expect(await fields()).toEqual(["10", "9", "9m", "m"]);
  });

  test("leaves nothing of what is forgotten: no record, value, place or agenda", async () => {
    const { store, redis, prefix } = await open();
    const index = [{ name: "n", value: "v", unique: true }];
    for (let n = 0; n < 3; n++) {
      await store.commit(commitOf([putOf("a/1", { index, ttlMs: 60_000, keep: { count: 1 } })]));
    }
    await store.commit(commitOf([{ key: "a/1", expect: "any", delete: "forget" }]));
    expect((await redis.keys(`${prefix}*`)).sort()).toEqual([`${prefix}f`, `${prefix}rev`]);
  });

  test("removes events after 25 hours, not before, from the oldest on, within its budget", async () => {
    const { store } = await open();
    const { now } = await store.read([]);
    const hourMs = 3_600_000;
    const events = [{ type: "told", key: "a/1" }];
    for (const ageMs of [26 * hourMs, 25 * hourMs + 60_000, 24.9 * hourMs]) {
      await store.commit(commitOf([], { at: now - ageMs, events }));
    }
    expect(await store.clean(1)).toEqual({ removed: 1, more: true });
    expect(await store.clean(10)).toEqual({ removed: 1, more: false });
  });
});
