import { StoreError } from "@unclash/core";
import type { PostgresClient, PostgresNotification, PostgresPool } from "./driver.js";
import { textQuery } from "./driver.js";
import { connectIdle, isCommitted, openTransaction } from "./pool.js";

/**
 * One connection that listens to a channel. It is only the quick way: whoever needs to know of commits also looks by
 * itself, so that nothing waits for a connection that broke, or whose pooler does not pass notifications on.
 */
export class Listener {
  readonly #pool: PostgresPool;
  readonly #channel: string;
  readonly #hear: (payload: string) => void;
  #client: PostgresClient | undefined;
  #wanted = false;
  #isConnecting = false;

  /** @param hear gets what comes on the channel, and an empty text where something may have come before it was heard */
  constructor(pool: PostgresPool, channel: string, hear: (payload: string) => void) {
    this.#pool = pool;
    this.#channel = channel;
    this.#hear = hear;
  }

  /** Listens, unless it does already. Call it again now and then: it connects anew where its connection broke. */
  start(): void {
    this.#wanted = true;
    if (this.#client !== undefined || this.#isConnecting) return;
    this.#isConnecting = true;
    this.#connect()
      .catch(() => this.#drop())
      .finally(() => {
        this.#isConnecting = false;
        if (!this.#wanted) this.#drop();
      });
  }

  stop(): void {
    this.#wanted = false;
    this.#drop();
  }

  async #connect(): Promise<void> {
    const client = await connectIdle(this.#pool);
    this.#client = client;
    client.on("error", this.#drop);
    client.on("notification", this.#notified);
    await client.query(textQuery(`LISTEN "${this.#channel}"`, []));
    // Within a transaction it would begin with the end of that.
    if (!isCommitted(client)) throw new StoreError(openTransaction, "not-applied");
    this.#hear("");
  }

  // It still listens, so that it can serve nobody else.
  readonly #drop = (): void => {
    const client = this.#client;
    if (client === undefined) return;
    this.#client = undefined;
    client.removeListener("notification", this.#notified);
    client.release(true);
  };

  readonly #notified = ({ channel, payload = "" }: PostgresNotification): void => {
    if (channel === this.#channel) this.#hear(payload);
  };
}
