import {
  assertBudget,
  assertCommit,
  assertHistoryRequest,
  assertKeys,
  assertRange,
  type Capabilities,
  type Store,
} from "@unclash/core/store";
import { Calls } from "./calls.js";
import { assertSuitable, capabilitiesOf, warningsOf } from "./capabilities.js";
import { Changes } from "./changes.js";
import { clean } from "./clean.js";
import type { RedisClient } from "./client.js";
import { commit } from "./commit.js";
import { connect } from "./connect.js";
import { follow } from "./follow.js";
import { list } from "./list.js";
import { type RedisStoreOptions, type ResolvedOptions, resolveOptions } from "./options.js";
import { read, readHistory } from "./read.js";
import { inspect } from "./server.js";

/**
 * Opens a store on Redis 6.2 or newer, or Valkey. Any number of processes on any number of machines may use one `name`
 * on one server; each commit is one step of that server. `close` ends the store's connections, and leaves a `client` as
 * it is.
 *
 * Its methods reject with a `TypeError` for what no store can carry out (see `assertCommit` in `@unclash/core/store`),
 * and with a `StoreError` after `close`, and where the server is away, full, read-only or did not answer within
 * `timeoutMs`.
 *
 * The warning `UNCLASH_REDIS_CAN_LOSE_COMMITS` tells of a server that can lose what it acknowledged.
 *
 * @throws ConfigurationError that names the option at fault: also for a user or a password that the server refuses, a
 *   server older than 6.2, a replica, one that may evict records or does not let the store use its commands, and where
 *   neither `ioredis` nor `redis` is installed
 * @throws StoreError where the server can't be reached within `timeoutMs`
 * @example const store = await createRedisStore({ url: "redis://cache.internal" });
 */
export async function createRedisStore(options: RedisStoreOptions): Promise<Store> {
  const resolved = resolveOptions(options);
  const client = await connect(resolved);
  const prefix = `{${resolved.name}}:`;
  const calls = new Calls(client, prefix, resolved);
  try {
    const facts = await inspect(calls, resolved.sourceOption);
    assertSuitable(facts, resolved);
    const capabilities = capabilitiesOf(facts, resolved);
    for (const warning of warningsOf(facts, capabilities)) warnOfServer(warning);
    return storeOn(client, calls, prefix, capabilities, resolved);
  } catch (error) {
    client.end();
    throw error;
  }
}

function warnOfServer(text: string): void {
  process.emitWarning(`${text} See docs/guide/errors.md#unclash_redis_can_lose_commits.`, {
    type: "UnclashWarning",
    code: "UNCLASH_REDIS_CAN_LOSE_COMMITS",
  });
}

function storeOn(
  client: RedisClient,
  calls: Calls,
  prefix: string,
  capabilities: Capabilities,
  { timeoutMs }: ResolvedOptions,
): Store {
  const changes = new Changes(client, calls, prefix);
  return {
    capabilities,
    async read(keys) {
      assertKeys(keys);
      return read(calls, keys);
    },
    async commit(draft) {
      assertCommit(draft);
      const result = await commit(calls, draft);
      if (result.kind === "committed") changes.tell(draft);
      return result;
    },
    async list(range) {
      assertRange(range);
      return list(calls, range);
    },
    async history(key, request) {
      assertHistoryRequest(key, request);
      return readHistory(calls, key, request);
    },
    follow(after, stop) {
      calls.assertOpen();
      return follow({ client, calls, prefix, timeoutMs }, after, stop);
    },
    watch(wake) {
      calls.assertOpen();
      return changes.add(wake);
    },
    async clean(budget) {
      assertBudget(budget);
      return clean(calls, budget);
    },
    async close() {
      changes.close();
      await calls.close();
    },
  };
}
