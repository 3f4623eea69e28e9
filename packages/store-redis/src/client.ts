/**
 * All that the store asks of a client library. Replies come as the library gives them: texts, numbers, null and arrays.
 */
export interface RedisClient {
  /** Whether a command would be sent at once. */
  isReady(): boolean;
  /** Sends a command to the node that owns the key. */
  send(key: string, command: string, ...rest: readonly string[]): Promise<unknown>;
  /**
   * Gets the messages of a channel from now on, through lost connections. Afterwards the client is good for nothing
   * else.
   */
  subscribe(channel: string, listener: (message: string) => void): Promise<void>;
  /** One more connection of the same kind, unless it is not there once the signal is aborted. */
  fork(late: AbortSignal): Promise<RedisClient>;
  /** Drops a connection on which nothing comes any more, and makes a new one. */
  reset(): void;
  /** Ends the connection at once. What was sent and not answered yet rejects. */
  end(): void;
  /** What an error that a command rejected with says of the command. */
  faultOf(error: unknown): Fault;
}

/**
 * Waits for a connection that is being made, and ends it where it fails, or is not there once the signal is aborted.
 *
 * @throws what it failed with, or the signal's reason
 */
export async function connected(connecting: Promise<unknown>, end: () => void, late: AbortSignal): Promise<void> {
  const tooLate = new Promise<never>((_, reject) => {
    late.addEventListener("abort", () => reject(late.reason), { once: true });
  });
  try {
    await Promise.race([connecting, tooLate]);
  } catch (error) {
    end();
    throw error;
  }
}

/**
 * `refused`: the server answered that it does not do this. `failed`: it answered with another error, so that a script
 * may have done half of its work. `unsent`: the command never left this process. `lost`: it may have arrived.
 */
export type Fault = "refused" | "failed" | "unsent" | "lost";

/**
 * What an error that the server answered with says. Only those that it gives before it does anything are refusals: a
 * script that fails on the way does not roll back, and a proxy may speak for a server that it lost.
 */
export function faultOfReply(message: string): Fault {
  return refusal.test(message) || refusalInScript.test(message) ? "refused" : "failed";
}

const words =
  "NOSCRIPT|OOM|READONLY|MISCONF|NOREPLICAS|LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|" +
  "MOVED|ASK|TRYAGAIN|CROSSSLOT|NOPERM|NOAUTH";
const refusal = new RegExp(`^(?:(?:${words})\\b|ERR [Uu]nknown (?:sub)?command|ERR max number of clients)`);
// Before Redis 7, a script that the server refuses its first write says so within a sentence.
const refusalInScript = /^ERR Error running script .*@user_script: ?\d+: -?(?:OOM|READONLY|MISCONF|NOREPLICAS)\b/s;
