import type { Commit, Key } from "@unclash/core/store";
import type { Calls } from "./calls.js";
import { type PostgresPool, type PostgresQuery, textQuery } from "./driver.js";
import { Listener } from "./listener.js";
import { textOf } from "./record.js";

type Wake = (keys: readonly Key[]) => void;

/** How often somebody who waits looks by itself. */
export const pollMs = 1_000;

// A notification takes a lock that all of the cluster's wait for, so that commits share one.
const notifyEveryMs = 15;

// The server takes 8,000 bytes. Whoever gets no names looks at everything.
const payloadBytesMax = 7_000;

// A commit takes its revision before it can be seen: who looked in between looks again.
const looksAfterChange = 3;

// For how many seconds the listening goes on when nobody waits: the next one who does comes soon.
const lingerPolls = 10;

/**
 * Tells those who wait that something was committed, by this process at once, by others through `NOTIFY`, or after a
 * second by a look at the sequence of revisions. It is a hint: nothing depends on its coming.
 */
export class Changes {
  readonly #calls: Calls;
  readonly #schema: string;
  readonly #listener: Listener | undefined;
  readonly #notifies: boolean;
  // Each by an object of its own: the same function may watch twice.
  readonly #waiting = new Set<{ readonly wake: Wake; readonly end: () => void }>();
  readonly #pending = new Set<Key>();
  readonly #me = Math.random().toString(36).slice(2, 12);
  #notifyTimer: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;
  #idlePolls = 0;
  #lastRevision = "";
  #looksLeft = 0;

  /** @param pool where notifications are wanted: the one that lends a connection to listen with, if it can spare one */
  constructor(calls: Calls, schema: string, notifies: boolean, pool: PostgresPool | undefined) {
    this.#calls = calls;
    this.#schema = schema;
    this.#notifies = notifies;
    this.#listener = pool && new Listener(pool, channelOf(schema), (payload) => this.#heard(payload));
  }

  /** Calls `wake` after commits, until the function that it returns is called, and `end` once there will be no more. */
  subscribe(wake: Wake, end: () => void = () => {}): () => void {
    const mine = { wake, end };
    this.#waiting.add(mine);
    this.#idlePolls = 0;
    this.#listener?.start();
    this.#poll ??= setInterval(() => this.#tick(), pollMs).unref();
    return () => {
      this.#waiting.delete(mine);
    };
  }

  /** Tells of a commit of this process, which was acknowledged. */
  committed({ writes, events }: Commit): void {
    if (writes.length === 0 && events.length === 0) return;
    const keys = writes.map(({ key }) => key);
    this.#wake(keys);
    if (!this.#notifies) return;
    for (const key of keys) this.#pending.add(key);
    this.#notifyTimer ??= setTimeout(() => this.#notify(), notifyEveryMs).unref();
  }

  /** Ends all who wait, and gives what is still to be said to others, if there is anything. */
  close(): (() => PostgresQuery) | undefined {
    clearInterval(this.#poll);
    clearTimeout(this.#notifyTimer);
    this.#listener?.stop();
    for (const { end } of this.#waiting) end();
    this.#waiting.clear();
    const last = this.#notifyTimer && this.#message();
    return last && (() => last);
  }

  // Later, since a commit is not to wait for them, and each by itself, since one may throw.
  #wake(keys: readonly Key[]): void {
    for (const waiting of this.#waiting) {
      queueMicrotask(() => {
        if (this.#waiting.has(waiting)) waiting.wake(keys);
      });
    }
  }

  #notify(): void {
    const message = this.#message();
    const again = (): void => {
      this.#notifyTimer = undefined;
      if (this.#pending.size > 0) this.#notifyTimer = setTimeout(() => this.#notify(), notifyEveryMs).unref();
    };
    this.#calls
      .write(
        () => message,
        () => undefined,
      )
      .then(again, again);
  }

  #message(): PostgresQuery {
    const keys = JSON.stringify([...this.#pending]);
    this.#pending.clear();
    const payload = `${this.#me} ${Buffer.byteLength(keys) <= payloadBytesMax ? keys : "[]"}`;
    // Nobody needs it after a crash: it does not wait for the disk, and so holds the cluster's lock no longer than it
    // must.
    const text = "SELECT pg_catalog.set_config('synchronous_commit', 'off', true), pg_catalog.pg_notify($1, $2)";
    return textQuery(text, [channelOf(this.#schema), payload]);
  }

  #heard(payload: string): void {
    const end = payload.indexOf(" ");
    if (end === -1) this.#wake([]);
    else if (payload.slice(0, end) !== this.#me) this.#wake(keysIn(payload.slice(end + 1)));
  }

  #tick(): void {
    if (this.#waiting.size === 0) {
      this.#idlePolls++;
      if (this.#idlePolls >= lingerPolls) this.#rest();
      return;
    }
    this.#listener?.start();
    this.#calls
      .read(
        () => textQuery(`SELECT last_value FROM "${this.#schema}".revisions`, []),
        ([row]) => textOf(row?.[0]),
      )
      .then((revision) => this.#looked(revision))
      .catch(() => {});
  }

  #looked(revision: string): void {
    if (revision !== this.#lastRevision) this.#looksLeft = looksAfterChange;
    this.#lastRevision = revision;
    if (this.#looksLeft === 0) return;
    this.#looksLeft--;
    this.#wake([]);
  }

  #rest(): void {
    clearInterval(this.#poll);
    this.#poll = undefined;
    this.#listener?.stop();
  }
}

function channelOf(schema: string): string {
  return `unclash:${schema}`;
}

// Anybody who may connect to the database may say anything on the channel.
function keysIn(text: string): readonly Key[] {
  try {
    const keys: unknown = JSON.parse(text);
    if (Array.isArray(keys) && keys.every((key) => typeof key === "string")) return keys;
  } catch {}
  return [];
}
