import { randomBytes } from "node:crypto";
import { isDeepStrictEqual, inspect as show } from "node:util";
import { ConfigurationError } from "@unclash/core";
import type { Calls } from "./calls.js";
import { items } from "./reply.js";
import { type Script, script } from "./script.js";

/** What a server tells of itself. What it does not tell is `undefined`. */
export interface ServerFacts {
  readonly version: string | undefined;
  /** Its answers are those of Valkey. */
  readonly isValkey: boolean;
  readonly evictionPolicy: string | undefined;
  readonly hasAppendOnlyFile: boolean | undefined;
  /** Every write is on the disk before it is answered. */
  readonly syncsAlways: boolean | undefined;
  /** Another server takes over when this one fails, or may do so, or none can be excluded. */
  readonly isReplicated: boolean;
  readonly isReplica: boolean;
}

// INFO in a script, so that in a cluster the node answers that has the store's keys.
const infoScript: Script = script(`
local sections = {}
for i, name in ipairs({'server', 'memory', 'persistence', 'replication', 'cluster'}) do
  local section = redis.pcall('INFO', name)
  if type(section) == 'table' then return false end
  sections[i] = section
end
return sections
`);

// Does what the store does, to a key of its own, which it leaves as it found it: not there. And where the log of events
// is new, gives its beginning a name that no other store's log has.
const trialScript: Script = script(`
local p, call = KEYS[1], redis.call
local key = p .. 'trial'
call('UNLINK', key)
call('SET', key, 'x')
call('GET', key)
call('INCR', p .. 'rev')
call('UNLINK', key)
call('HSET', key, 'a', 'b')
call('HGET', key, 'a')
call('EXISTS', key)
call('HDEL', key, 'a')
call('ZADD', key, 0, 'a')
call('ZRANGEBYLEX', key, '-', '+')
call('ZREVRANGEBYLEX', key, '+', '-')
call('ZRANGEBYSCORE', key, '-inf', '+inf')
call('ZREM', key, 'a')
call('XADD', key, '1-0', 'd', 'a')
call('XRANGE', key, '-', '+')
call('XREVRANGE', key, '+', '-')
call('XDEL', key, '1-0')
call('UNLINK', key)
call('SET', p .. 'f', '0-0 ' .. ARGV[1], 'NX')
return call('TIME')
`);

// One reply with all that the store's scripts reply.
const shapesScript: Script = script(`return {1, false, 'snake_case é', {281474976710656, {}}, ''}`);
const shapes = [1, null, "snake_case é", [281_474_976_710_656, []], ""];

// A client may be made to give numbers as texts, texts as buffers, or to map replies by itself.
async function tryShapes(calls: Calls, option: string): Promise<void> {
  const reply = await calls.run(shapesScript, []);
  if (isDeepStrictEqual(reply, shapes)) return;
  throw new ConfigurationError(
    option,
    "must give replies as the server sent them: texts, numbers, null and arrays, without transformers. It " +
      `gave ${show(reply)}`,
  );
}

/** Asks the server about itself, and shows that it lets the store do what it must. */
export async function inspect(calls: Calls, option: string): Promise<ServerFacts> {
  await tryOut(calls, option);
  await tryShapes(calls, option);
  const info = await infoOf(calls);
  const config = await configOf(calls);
  return {
    version: info.get("valkey_version") ?? info.get("redis_version"),
    isValkey: info.has("valkey_version"),
    evictionPolicy: info.get("maxmemory_policy") ?? config.get("maxmemory-policy"),
    hasAppendOnlyFile: isOn(config.get("appendonly"), "yes") ?? isOn(info.get("aof_enabled"), "1"),
    syncsAlways: syncsAlways(config),
    isReplicated: info.get("connected_slaves") !== "0" || info.get("cluster_enabled") === "1",
    isReplica: info.get("role") === "slave",
  };
}

function isOn(value: string | undefined, on: string): boolean | undefined {
  return value === undefined ? undefined : value === on;
}

function syncsAlways(config: ReadonlyMap<string, string>): boolean | undefined {
  const when = config.get("appendfsync");
  if (when === undefined) return undefined;
  return when === "always" && config.get("no-appendfsync-on-rewrite") === "no";
}

async function infoOf(calls: Calls): Promise<ReadonlyMap<string, string>> {
  const sections = await calls.run(infoScript, []);
  if (sections === null) return new Map();
  const lines = items(sections).flatMap((section) => String(section).split("\r\n"));
  return new Map(
    lines.flatMap((line) => {
      const at = line.indexOf(":");
      return at === -1 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );
}

async function configOf(calls: Calls): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const name of ["appendonly", "appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy"]) {
    const value = await configValue(calls, name);
    if (value !== undefined) found.set(name, value);
  }
  return found;
}

// Managed services forbid the command, or do not know it.
async function configValue(calls: Calls, name: string): Promise<string | undefined> {
  try {
    const reply = await calls.send("CONFIG", "GET", name);
    const values: readonly unknown[] = Array.isArray(reply) ? reply.slice(1) : Object.values(Object(reply));
    return typeof values[0] === "string" ? values[0] : undefined;
  } catch (error) {
    if (calls.wasAnswered(error)) return undefined;
    throw error;
  }
}

async function tryOut(calls: Calls, option: string): Promise<void> {
  try {
    await calls.run(trialScript, [randomBytes(12).toString("base64url")]);
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    // Whatever else is wrong (a full server, say) is for the calls that meet it.
    if (/NOPERM|can't (run|access)|WRONGTYPE/.test(message)) {
      throw new ConfigurationError(option, `must lead to a server on which the store may use its commands: ${message}`);
    }
  }
}
