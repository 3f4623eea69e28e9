import { ConfigurationError } from "@unclash/core";
import type { Capabilities } from "@unclash/core/store";
import type { ResolvedOptions } from "./options.js";
import type { ServerFacts } from "./server.js";

const versionMin = [6, 2] as const;

/** What is told at start-up where other servers are seen that hold the data, or may take over. */
export const replicatedWarning: string =
  "Redis replicates asynchronously. After a failover, writes that were acknowledged can be gone, and two " +
  "clients can each hold a lock for a moment. unclash refuses what the lost writes issued, so nothing is " +
  "silently merged, but it cannot bring them back, and a bare body version is not safe there. WAIT narrows " +
  "the window and does not close it. Keep the " +
  "resource itself in PostgreSQL or SQLite.";

/**
 * Refuses a server on which the store cannot keep its promises.
 *
 * @throws ConfigurationError for one that is too old, a replica, or may evict records.
 */
export function assertSuitable(facts: ServerFacts, options: ResolvedOptions): void {
  const { sourceOption } = options;
  const { version, isValkey, evictionPolicy } = facts;
  if (version !== undefined && !isValkey && isTooOld(version)) {
    throw new ConfigurationError(
      sourceOption,
      `must lead to Redis ${versionMin.join(".")} or newer, or Valkey: this is ${version}`,
    );
  }
  if (facts.isReplica) throw new ConfigurationError(sourceOption, "must lead to the primary: this server is a replica");
  if (evictionPolicy !== "noeviction" && !options.allowEvictingRedis) {
    throw new ConfigurationError(
      sourceOption,
      evictionPolicy === undefined
        ? "must lead to a server that lets INFO be read, to see that its maxmemory-policy is noeviction, " +
            "unless allowEvictingRedis is set"
        : "must lead to a server whose maxmemory-policy is noeviction, unless allowEvictingRedis is set: with " +
            `${evictionPolicy} it removes records silently`,
    );
  }
  if (options.failover === "safe" && facts.isReplicated) {
    throw new ConfigurationError("failover", 'must be "lossy": this server has replicas, or is one of a Cluster');
  }
}

/** What the store can promise on this server. It never claims more than is known or was said. */
export function capabilitiesOf(facts: ServerFacts, { durability, failover }: ResolvedOptions): Capabilities {
  return Object.freeze({ durability: durability ?? durabilityOf(facts), failover, processes: "many" });
}

/** What whoever runs the app should know about this server. */
export function warningsOf(facts: ServerFacts, { durability }: Capabilities): readonly string[] {
  const warnings: string[] = [];
  if (facts.isReplicated) warnings.push(replicatedWarning);
  if (durability !== "fsync") {
    const lost =
      durability === "process"
        ? "a loss of power takes the last second of them"
        : "a crash of Redis takes all since its last snapshot";
    warnings.push(
      `Redis acknowledges commits before they are on its disk: ${lost}. Set "appendonly yes" and ` +
        `"appendfsync always", or ` +
        "keep what must not be lost in PostgreSQL or SQLite.",
    );
  }
  return warnings;
}

function durabilityOf({ hasAppendOnlyFile, syncsAlways }: ServerFacts): Capabilities["durability"] {
  if (hasAppendOnlyFile !== true) return "none";
  return syncsAlways === true ? "fsync" : "process";
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < versionMin[0] || (major === versionMin[0] && minor < versionMin[1]);
}
