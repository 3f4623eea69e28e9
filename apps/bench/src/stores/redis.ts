import { createHash } from "node:crypto";
import { createRedisStore } from "@unclash/redis";
import { startRedis } from "@unclash/test-servers";
import { Redis } from "ioredis";
import { editsOf } from "../article.js";
import { StoreWriter, type Writer } from "../store-writer.js";
import { contestantOf, type Engine } from "./engine.js";

const textOf = editsOf("1 KB");
let edit = 0;

// What one would write by hand: compares the version, counts it, and stores the text.
const compareAndSet = `
local version = redis.call('HGET', KEYS[1], 'v')
if version ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[2], 't', ARGV[3])
return 1`;
const sha = createHash("sha1").update(compareAndSet).digest("hex");

/** A script of one's own and the store's on one server, over one kind of client: a private server's, or `REDIS_URL`'s. */
export async function openRedis(): Promise<Engine> {
  // Copying the append-only file in the background would hit one contestant and not the other.
  const server = process.env["REDIS_URL"] ? undefined : await startRedis();
  const url = server?.url ?? process.env["REDIS_URL"] ?? "";
  const name = `unclash-bench-${Date.now()}`;
  const bare = new Redis(url, { enableAutoPipelining: true });
  const store = await createRedisStore({ url, name, onWarning: () => {} });
  await bare.script("LOAD", compareAndSet);
  const row = (group: string) => (at: number) => rowWriter(bare, `{${name}}:${group}:${at}`);
  return {
    name: "Redis",
    bareDoes: "EVALSHA that compares a version and sets it with the text",
    targets: { 50: 0.5 },
    contestants: {
      bare: contestantOf(row("bare")),
      control: contestantOf(row("control")),
      store: contestantOf((at) => new StoreWriter(store, `articles/${at}`)),
    },
    serverCpuUs: () => cpuOfServerUs(bare),
    async close() {
      await store.close();
      const keys = await bare.keys(`{${name}}:*`);
      for (let at = 0; at < keys.length; at += 500) await bare.unlink(keys.slice(at, at + 500));
      await bare.quit();
      await server?.remove();
    },
  };
}

function rowWriter(client: Redis, key: string): Writer {
  let version = 0;
  return {
    async write() {
      const before = version === 0 ? "" : String(version);
      // A field that is not there is false in Lua, and the first write has nothing to compare with.
      if (version === 0) await client.hset(key, "v", "");
      const done = await client.evalsha(sha, 1, key, before, String(version + 1), textOf(++edit));
      if (done !== 1) throw new Error("An EVALSHA found another version.");
      version++;
    },
  };
}

async function cpuOfServerUs(client: Redis): Promise<number> {
  const info = await client.info("cpu");
  const seconds = (field: string): number => Number(new RegExp(`^${field}:([0-9.]+)`, "m").exec(info)?.[1] ?? 0);
  return (seconds("used_cpu_user") + seconds("used_cpu_sys")) * 1e6;
}
