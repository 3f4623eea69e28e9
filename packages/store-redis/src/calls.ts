import { StoreError } from "@unclash/core";
import { asStoreError } from "@unclash/core/store";
import type { Fault, RedisClient } from "./client.js";
import type { Script } from "./script.js";

/** How long a call may take, and how many there may be at once. */
export interface CallLimits {
  readonly timeoutMs: number;
  readonly queueMax: number;
}

// A new connection takes with it what is under way on the old one.
const lookAgainMs = 1_000;

/** Runs scripts on a server, each call bounded in time and all of them in number. Everything else is a `StoreError`. */
export class Calls {
  readonly #client: RedisClient;
  readonly #prefix: string;
  readonly #limits: CallLimits;
  // Those that the client library holds, also where their callers have given up.
  #count = 0;
  #answeredAt = 0;
  // Since when no connection was there when a call came.
  #awaySince: number | undefined;
  // While a store opens, it finds out by itself that a server is a replica, and says so.
  #lookedAt = performance.now();
  readonly #closing = new AbortController();

  constructor(client: RedisClient, prefix: string, limits: CallLimits) {
    this.#client = client;
    this.#prefix = prefix;
    this.#limits = limits;
  }

  /** Aborted once no more calls are taken. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Throws once no more calls are taken. */
  assertOpen(): void {
    if (this.closing.aborted) throw new StoreError("The Redis store is closed.", "not-applied");
  }

  /** Runs a script, and sends its source where the server does not know it (any more): nothing has run by then. */
  async run(script: Script, args: readonly string[]): Promise<unknown> {
    try {
      return await this.send("EVALSHA", script.sha, "1", this.#prefix, ...args);
    } catch (error) {
      if (!(error instanceof StoreError) || !isUnknownScript(error.cause)) throw error;
      return await this.send("EVAL", script.source, "1", this.#prefix, ...args);
    }
  }

  /** Sends one command. */
  async send(command: string, ...rest: readonly string[]): Promise<unknown> {
    this.assertOpen();
    if (this.#count >= this.#limits.queueMax) {
      throw new StoreError(`Redis has ${this.#count} calls to answer, and no more may wait.`, "not-applied");
    }
    this.#assertReady();
    return this.#answered(this.#client.send(this.#prefix, command, ...rest));
  }

  /** Whether a call rejected with this because the server answered with an error. */
  wasAnswered(error: unknown): boolean {
    return error instanceof StoreError && error.cause !== undefined && isAnswer(this.#client.faultOf(error.cause));
  }

  /** Ends the connection once all that was sent is answered, or has taken too long. */
  async close(): Promise<void> {
    if (this.closing.aborted) return;
    this.#closing.abort();
    const endsAt = performance.now() + this.#limits.timeoutMs;
    while (this.#count > 0 && performance.now() < endsAt) await new Promise((resolve) => setTimeout(resolve, 5));
    this.#client.end();
  }

  // A connection may fall silent while it is being made, and the library then waits for it without end.
  #assertReady(): void {
    if (this.#client.isReady()) {
      this.#awaySince = undefined;
      return;
    }
    const now = performance.now();
    this.#awaySince ??= now;
    if (now - this.#awaySince > this.#limits.timeoutMs) {
      this.#awaySince = now;
      this.#client.reset();
    }
    throw new StoreError("Redis is not connected.", "not-applied");
  }

  #answered(reply: Promise<unknown>): Promise<unknown> {
    const startedAt = performance.now();
    this.#count++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(this.#giveUp(startedAt)), this.#limits.timeoutMs);
      const settled = (): void => {
        clearTimeout(timer);
        this.#count--;
      };
      reply.then(
        (value) => {
          settled();
          this.#answeredAt = performance.now();
          resolve(value);
        },
        (error: unknown) => {
          settled();
          reject(this.#failure(error));
        },
      );
    });
  }

  // Where nothing at all has come since this call began, the connection may be dead without a word.
  #giveUp(startedAt: number): StoreError {
    if (this.#answeredAt < startedAt && !this.closing.aborted) this.#client.reset();
    return new StoreError(`Redis did not answer within ${this.#limits.timeoutMs} ms.`, "unknown");
  }

  // After a failover its name may lead elsewhere, while the old primary keeps its connections and takes no writes.
  #lookAgain(): void {
    const now = performance.now();
    if (this.closing.aborted || now - this.#lookedAt < lookAgainMs) return;
    this.#lookedAt = now;
    this.#client.reset();
  }

  #failure(error: unknown): StoreError {
    const fault = this.#client.faultOf(error);
    if (isAnswer(fault)) this.#answeredAt = performance.now();
    if (isReadOnly(error)) this.#lookAgain();
    return asStoreError("Redis", error, fault === "refused" || fault === "unsent" ? "not-applied" : "unknown");
  }
}

function isAnswer(fault: Fault): boolean {
  return fault === "refused" || fault === "failed";
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOSCRIPT");
}

function isReadOnly(error: unknown): boolean {
  return error instanceof Error && error.message.includes("READONLY");
}
