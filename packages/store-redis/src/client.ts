/** All that the store asks of a client library. Replies come as the library gives them: texts, numbers, null and arrays. */
export interface RedisClient {
  /** Whether a command would be sent at once. */
  isReady(): boolean;
  /** Sends a command to the node that owns the key. */
  send(key: string, command: string, ...rest: readonly string[]): Promise<unknown>;
  /** Gets the messages of a channel from now on, through lost connections. Afterwards the client is good for nothing else. */
  subscribe(channel: string, listener: (message: string) => void): Promise<void>;
  /** One more connection of the same kind. */
  fork(): Promise<RedisClient>;
  /** Drops a connection on which nothing comes any more, and makes a new one. */
  reset(): void;
  /** Ends the connection at once. What was sent and not answered yet rejects. */
  end(): void;
  /** What an error that a command rejected with says of the command. */
  faultOf(error: unknown): Fault;
}

/**
 * `refused`: the server answered with an error, and a command that fails does nothing. `unsent`: it never left this
 * process. `lost`: it may have arrived.
 */
export type Fault = "refused" | "unsent" | "lost";
