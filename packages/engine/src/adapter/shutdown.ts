import { UsageError } from "@unclash/core";
import { checkOptions, describeValue, isTimerMs, type OptionRules } from "@unclash/core/options";
import type { Unclash } from "../unclash.js";
import { assertEngine } from "./arguments.js";
import { type NodeServer, ServerConnections } from "./server-connections.js";

/** How a server is shut down. */
export interface ShutdownOptions {
  /**
   * How long running requests may take to finish, in milliseconds; after that their connections are cut off.
   *
   * @default 10,000
   */
  readonly graceMs?: number;
}

const rules: OptionRules<ShutdownOptions> = { graceMs: isTimerMs };

/**
 * Makes the function that shuts a server and its engine down. Make it where the server is made, before requests come:
 * it watches over them, so that each client learns from its last response that the connection ends.
 *
 * Calling the function closes the server for new connections, answers who waits in the engine with 503, ends streams,
 * lets running requests finish, and closes the engine. It settles when all that is done, and never rejects; called
 * again, it gives the same promise. Close the store after it.
 *
 * @throws ConfigurationError where an option can't be, and UsageError where these are no server and no engine
 * @example
 * const server = app.listen(3000);
 * unclash.start();
 * const shutdown = createShutdown(server, unclash);
 * process.once("SIGTERM", async () => {
 *   await shutdown();
 *   await store.close();
 * });
 */
export function createShutdown(
  server: NodeServer,
  unclash: Unclash<never>,
  options: ShutdownOptions = {},
): () => Promise<void> {
  assertServer(server);
  assertEngine("createShutdown", unclash);
  checkOptions<ShutdownOptions>("", options, rules);
  const { graceMs = 10_000 } = options;
  const connections = new ServerConnections(server);
  let ended: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    // One that does not listen, or no longer, tells so, and that is as good.
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    connections.end();
    const drained = unclash.drain();
    const cutting = setTimeout(() => connections.cut(), graceMs);
    await closed;
    clearTimeout(cutting);
    await drained;
    await unclash.close();
  };
  return () => {
    ended ??= end();
    return ended;
  };
}

function assertServer(given: unknown): asserts given is NodeServer {
  const { close, prependListener, listen } = Object(given);
  if ([close, prependListener].every((method) => typeof method === "function")) return;
  const instead = typeof listen === "function" ? ": an app is none, and what its listen() returns is one" : "";
  throw new UsageError(
    "createShutdown",
    `must be given a server of Node's first, and was given ${describeValue(given)}${instead}`,
  );
}
