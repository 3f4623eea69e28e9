/** What the tests of this package share: stores with a name of their own, whose keys go away with the test. */
import { randomBytes } from "node:crypto";
import type { Commit, Write } from "@unclash/core/store";
import { Redis } from "ioredis";
import { onTestFinished } from "vitest";

/** A name that no other test has. */
export function freshName(): string {
  return `test-${randomBytes(6).toString("hex")}`;
}

/** Removes all keys of a store, or with a `*` in the name of several. */
export async function removeStore(url: string, name: string): Promise<void> {
  const redis = new Redis(url);
  for await (const keys of redis.scanStream({ match: `{${name}}:*`, count: 1_000 })) {
    if (Array.isArray(keys) && keys.length > 0) await redis.unlink(keys);
  }
  await redis.quit();
}

/** A connection of the test's own, ended with it. */
export function connectTo(url: string): Redis {
  const redis = new Redis(url, { retryStrategy: () => 20 });
  redis.on("error", () => {});
  onTestFinished(() => redis.disconnect());
  return redis;
}

let tags = 0;

/** A commit of these writes, at a time that grows, with a tag of its own. */
export function commitOf(writes: readonly Write[], rest: Partial<Commit> = {}): Commit {
  tags++;
  return { tag: `tag-${tags}`, at: 1_000 + tags, reads: [], writes, events: [], by: "test", cause: "test", ...rest };
}

/** A put of a key, whatever is there. */
export function putOf(key: string, rest: Partial<Extract<Write, { put: unknown }>> = {}): Write {
  return { expect: "any", put: "{}", ...rest, key };
}
