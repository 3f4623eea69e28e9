import { connected, type Fault, faultOfReply, type RedisClient } from "./client.js";

/** What a client of `redis` (node-redis) has: that of `createClient`. */
export interface NodeRedisClient {
  readonly isReady: boolean;
  connect(): Promise<unknown>;
  destroy(): void;
  sendCommand(args: string[]): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  on(event: string, listener: (error: unknown) => void): unknown;
  duplicate(overrides?: object): NodeRedisClient;
}

/** What a client of `redis` (node-redis) for a cluster has: that of `createCluster`. */
export interface NodeRedisCluster {
  readonly isReady: boolean;
  readonly masters: readonly unknown[];
  connect(): Promise<unknown>;
  destroy(): void;
  sendCommand(key: string, isReadonly: boolean, args: string[]): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>;
  on(event: string, listener: (error: unknown) => void): unknown;
  duplicate(overrides?: object): NodeRedisCluster;
}

/** Whether this is a client of `redis`, by its shape. */
export function isNodeRedis(client: object): client is NodeRedisClient | NodeRedisCluster {
  return "sendCommand" in client && "duplicate" in client && "isReady" in client && "destroy" in client;
}

// Without an offline queue a command is sent or fails; values come as text.
const settings = { disableOfflineQueue: true, commandOptions: {} };

/** Connects as the given client does. The given one stays its owner's. */
export async function connectNodeRedis(
  owner: NodeRedisClient | NodeRedisCluster,
  late: AbortSignal,
): Promise<RedisClient> {
  return "masters" in owner ? connectCluster(owner, late) : connectOne(owner, late);
}

async function connectOne(owner: NodeRedisClient, late: AbortSignal): Promise<RedisClient> {
  const client = owner.duplicate(settings);
  // It would try without end, and say nothing.
  const failure = new Promise<never>((_, reject) => client.on("error", reject));
  await connected(Promise.race([client.connect(), failure]), () => destroyQuietly(client), late);
  let isEnded = false;
  return {
    ...common(client),
    send: (_key, command, ...rest) => client.sendCommand([command, ...rest]),
    fork: (late) => connectOne(owner, late),
    reset() {
      destroyQuietly(client);
      const again = (): void => {
        if (!isEnded && !client.isReady) client.connect().catch(() => {});
      };
      setImmediate(again);
    },
    end() {
      isEnded = true;
      destroyQuietly(client);
    },
  };
}

async function connectCluster(owner: NodeRedisCluster, late: AbortSignal): Promise<RedisClient> {
  const client = owner.duplicate({ commandOptions: {} });
  // One for each node that does not answer, though another one may.
  client.on("error", () => {});
  await connected(client.connect(), () => destroyQuietly(client), late);
  return {
    ...common(client),
    send: (key, command, ...rest) => client.sendCommand(key, false, [command, ...rest]),
    fork: (late) => connectCluster(owner, late),
    // Its connections are the library's to renew.
    reset() {},
    end: () => destroyQuietly(client),
  };
}

function common(client: NodeRedisClient | NodeRedisCluster): Pick<RedisClient, "isReady" | "subscribe" | "faultOf"> {
  return {
    isReady: () => client.isReady,
    async subscribe(channel, listener) {
      await client.subscribe(channel, (message) => listener(message));
    },
    faultOf,
  };
}

// A client that is closed already, or never came so far, says so.
function destroyQuietly(client: { destroy(): void }): void {
  try {
    client.destroy();
  } catch {}
}

// The server's errors begin with a word in capitals; the library's own are sentences.
const replyError = /^[A-Z]{3,}[A-Z0-9]*\b/;
const unsentErrors = new Set(["The client is closed", "The client is offline", "The queue is full"]);

function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return "lost";
  if (unsentErrors.has(error.message)) return "unsent";
  return replyError.test(error.message) ? faultOfReply(error.message) : "lost";
}
