import { connected, type Fault, faultOfReply, type RedisClient } from "./client.js";

/** What a client of `ioredis` has: a `Redis` or a `Cluster`. */
export interface IoredisClient {
  readonly isCluster: boolean;
  readonly status: string;
  readonly options: object;
  readonly stream?: { cork(): void; uncork(): void };
  connect(): Promise<unknown>;
  disconnect(reconnect?: boolean): void;
  call(command: string, args: string[]): Promise<unknown>;
  subscribe(...channels: string[]): Promise<unknown>;
  on(event: string, listener: (...values: string[]) => void): unknown;
  duplicate(first?: object, second?: object): IoredisClient;
}

/** Whether this is a client of `ioredis`, by its shape. */
export function isIoredis(client: object): client is IoredisClient {
  return "call" in client && "duplicate" in client && "isCluster" in client && "status" in client;
}

/**
 * What differs from the defaults of `ioredis`, which wait without end for a server that is away, and send a command
 * again that a lost connection left without an answer.
 */
export const ioredisSettings: object = {
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  reconnectOnError: null,
  retryStrategy: (attempt: number) => Math.min(50 * attempt, 1_000),
  keyPrefix: "",
  stringNumbers: false,
  enableAutoPipelining: false,
};

// What of that also holds for each node of a cluster, whose connections the library manages.
const nodeSettings: object = {
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  reconnectOnError: null,
  stringNumbers: false,
  keyPrefix: "",
};

// A positive delay on failover would mean that commands are sent again once their connection is lost.
const clusterSettings: object = {
  lazyConnect: true,
  enableOfflineQueue: false,
  retryDelayOnFailover: 0,
  scaleReads: "master",
  keyPrefix: "",
  enableAutoPipelining: false,
};

/** Connects as the given client does, with settings of the store's own. The given one stays its owner's. */
export async function connectIoredis(owner: IoredisClient, late: AbortSignal): Promise<RedisClient> {
  const client = owner.isCluster ? likeCluster(owner) : owner.duplicate(ioredisSettings);
  // Later failures show in the commands that meet them.
  let reason: unknown;
  client.on("error", (error) => {
    reason = error;
  });
  // The error that it rejects with says no more than that the connection is closed.
  const connecting = client.connect().catch((error: unknown) => {
    throw reason ?? error;
  });
  await connected(connecting, () => client.disconnect(), late);
  return {
    isReady: () => client.status === "ready",
    send(_key, command, ...rest) {
      writeTogether(client);
      return client.call(command, [...rest]);
    },
    async subscribe(channel, listener) {
      client.on("message", (from, message) => {
        if (from === channel && message !== undefined) listener(message);
      });
      await client.subscribe(channel);
    },
    fork: (late) => connectIoredis(owner, late),
    reset: () => client.disconnect(true),
    end: () => client.disconnect(),
    faultOf,
  };
}

// Before version 6, what is given for the nodes replaces the owner's, with the password and the certificates in it.
function likeCluster(owner: IoredisClient): IoredisClient {
  const { options } = owner;
  const given = "redisOptions" in options && typeof options.redisOptions === "object" ? options.redisOptions : {};
  return owner.duplicate([], { ...clusterSettings, redisOptions: { ...given, ...nodeSettings } });
}

// What is sent in one turn goes out in one write, which is what a command costs most; nothing waits for the next turn.
function writeTogether({ stream }: IoredisClient): void {
  if (stream === undefined || corked.has(stream)) return;
  corked.add(stream);
  stream.cork();
  process.nextTick(() => {
    corked.delete(stream);
    stream.uncork();
  });
}

const corked = new WeakSet<object>();

function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return "lost";
  if (error.name === "ReplyError") return faultOfReply(error.message);
  return error.message.includes("enableOfflineQueue") ? "unsent" : "lost";
}
