import { type Commit, type Key, type Wake, Watchers } from "@unclash/core/store";
import type { Calls } from "./calls.js";
import type { RedisClient } from "./client.js";

// Who is told of more keys than this hears that any may have been written.
const keysMax = 256;
const pollMs = 1_000;
// A server that takes a connection and says nothing is given up after so long.
const connectMs = 5_000;
// Between two messages of one process: a lone commit is told at once, a thousand a second in a fifth as many.
const pauseMs = 5;
// No key holds it.
const separator = "\n";

/**
 * Those who want to know of writes, by this process or another. Each process tells of its commits, together, in a
 * message; one that gets lost shows within a second in the store's revision, which those who watch look at.
 */
export class Changes {
  readonly #client: RedisClient;
  readonly #calls: Calls;
  readonly #prefix: string;
  readonly #watchers = new Watchers(setImmediate);
  #written = new Set<Key>();
  #isTelling = false;
  #listening: Listening | undefined;

  constructor(client: RedisClient, calls: Calls, prefix: string) {
    this.#client = client;
    this.#calls = calls;
    this.#prefix = prefix;
  }

  /** Adds one. The function that it returns takes it away again. */
  add(wake: Wake): () => void {
    const remove = this.#watchers.add(wake);
    this.#listening ??= new Listening(this.#client, this.#calls, this.#prefix, (keys) => this.#watchers.wake(keys));
    return () => {
      remove();
      if (this.#watchers.isEmpty) this.#stopListening();
    };
  }

  /** Tells everyone, here and elsewhere, what a commit wrote. */
  tell({ writes }: Commit): void {
    for (const { key } of writes) this.#written.add(key);
    if (this.#written.size > 0 && !this.#isTelling) void this.#tellAll();
  }

  /** Wakes nobody any more. */
  close(): void {
    this.#watchers.clear();
    this.#stopListening();
  }

  // What comes while one message is on its way, and shortly after, is gathered for the next.
  async #tellAll(): Promise<void> {
    this.#isTelling = true;
    while (this.#written.size > 0 && !this.#calls.closing.aborted) {
      await new Promise((resolve) => setImmediate(resolve));
      const message = this.#written.size > keysMax ? "" : [...this.#written].join(separator);
      this.#written = new Set();
      // It is a hint: where it gets lost, the revision tells.
      await this.#calls.send("PUBLISH", channelOf(this.#prefix), message).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    this.#isTelling = false;
  }

  #stopListening(): void {
    this.#listening?.end();
    this.#listening = undefined;
  }
}

/** Hears of commits: on a connection of its own, and by looking at the revision each second. */
class Listening {
  readonly #calls: Calls;
  readonly #prefix: string;
  readonly #client: RedisClient;
  readonly #heard: Wake;
  readonly #timer: NodeJS.Timeout;
  #revision: unknown;
  #isOver = false;
  #isSubscribing = false;
  #connection: RedisClient | undefined;

  constructor(client: RedisClient, calls: Calls, prefix: string, heard: Wake) {
    this.#client = client;
    this.#calls = calls;
    this.#prefix = prefix;
    this.#heard = heard;
    this.#timer = setInterval(() => void this.#look(), pollMs).unref();
    void this.#look();
  }

  end(): void {
    this.#isOver = true;
    clearInterval(this.#timer);
    this.#connection?.end();
  }

  async #look(): Promise<void> {
    void this.#subscribe();
    try {
      const revision = await this.#calls.send("GET", `${this.#prefix}rev`);
      const hasMoved = this.#revision !== undefined && this.#revision !== revision;
      this.#revision = revision;
      if (hasMoved && !this.#isOver) this.#heard([]);
    } catch {
      // A server that is away is looked at again in a second.
    }
  }

  async #subscribe(): Promise<void> {
    if (this.#isSubscribing || this.#isOver) return;
    this.#isSubscribing = true;
    try {
      const late = AbortSignal.any([this.#calls.closing, AbortSignal.timeout(connectMs)]);
      const connection = await this.#client.fork(late);
      this.#connection = connection;
      if (this.#isOver) return connection.end();
      await connection.subscribe(channelOf(this.#prefix), (message) => {
        if (!this.#isOver) this.#heard(message === "" ? [] : message.split(separator));
      });
      // What was written until now went unheard.
      if (!this.#isOver) this.#heard([]);
    } catch {
      // Until that succeeds, the revision has to do.
      this.#connection?.end();
      this.#isSubscribing = false;
    }
  }
}

function channelOf(prefix: string): string {
  return `${prefix}w`;
}
