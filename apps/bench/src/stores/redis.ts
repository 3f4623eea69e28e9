import { createHash } from "node:crypto";
import { createRedisStore } from "@unclash/redis";
import { startRedis } from "@unclash/test-servers";
import { Redis } from "ioredis";
import { editsOf } from "../article.js";
import { StoreWriter, type Writer } from "../store-writer.js";
import { type Contestant, contestantOf, type Engine } from "./engine.js";

const textOf = editsOf("1 KB");
let edit = 0;

/** A script that one could write by hand. */
interface BareScript {
  readonly sha: string;
  readonly source: string;
}

// Compares the version, counts it, and stores the text; and then what a store has to do besides.
function scriptOf(more: string): BareScript {
  const source = `
local version = redis.call('HGET', KEYS[1], 'v')
if version ~= ARGV[1] then return 0 end
${more}
return 1`;
  return { source, sha: createHash("sha1").update(source).digest("hex") };
}

const set = "redis.call('HSET', KEYS[1], 'v', ARGV[2], 't', ARGV[3])";
const setAndKeep = "redis.call('HSET', KEYS[1], 'v', ARGV[2], ARGV[2], ARGV[3], ARGV[1] .. 'm', ARGV[4])";
const tell = `local revision = redis.call('INCR', KEYS[2])
redis.call('XADD', KEYS[3], revision .. '-0', 'd', ARGV[4])`;

const compareAndSet = scriptOf(set);
const withHistory = scriptOf(setAndKeep);
const withEvent = scriptOf(`${setAndKeep}\n${tell}`);

// As long as what the store packs into a state, and into an event.
const state = "s".repeat(110);

/**
 * A script of one's own and the store's on one server, over one kind of client: a private server's, or `REDIS_URL`'s.
 */
export async function openRedis(): Promise<Engine> {
  // Copying the append-only file in the background would hit one contestant and not the other.
  const server = process.env["REDIS_URL"] ? undefined : await startRedis();
  const url = server?.url ?? process.env["REDIS_URL"] ?? "";
  const name = `unclash-bench-${Date.now()}`;
  const bare = new Redis(url, { enableAutoPipelining: true });
  const store = await createRedisStore({ url, name });
  for (const { source } of [compareAndSet, withHistory, withEvent]) await bare.script("LOAD", source);
  const row = (group: string, script: BareScript): Contestant =>
    contestantOf((at) => rowWriter(bare, script, name, `${group}:${at}`));
  return {
    name: "Redis",
    bareDoes: "EVALSHA that compares a version and sets it with the text",
    targets: { 50: 0.5 },
    contestants: {
      bare: row("bare", compareAndSet),
      control: row("control", compareAndSet),
      store: contestantOf((at) => new StoreWriter(store, `articles/${at}`)),
    },
    steps: [
      { name: "bare, and the past kept", contestant: row("history", withHistory) },
      { name: "bare, the past kept, and one event", contestant: row("event", withEvent) },
    ],
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

function rowWriter(client: Redis, { sha }: BareScript, name: string, row: string): Writer {
  const keys = [`{${name}}:${row}`, `{${name}}:revision`, `{${name}}:events`];
  const [key = ""] = keys;
  let version = 0;
  return {
    async write() {
      const before = version === 0 ? "" : String(version);
      // A field that is not there is false in Lua, and the first write has nothing to compare with.
      if (version === 0) await client.hset(key, "v", "");
      const done = await client.evalsha(sha, 3, ...keys, before, String(version + 1), textOf(++edit), state);
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
