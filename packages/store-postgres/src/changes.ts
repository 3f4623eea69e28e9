import { Bell, type Commit, type Key, type Wake, Watchers } from "@unclash/core/store";
import type { Calls } from "./calls.js";
import { type PostgresPool, type PostgresQuery, textQuery } from "./driver.js";
import { Listener } from "./listener.js";
import { textOf } from "./record.js";

// How often those who wait look by themselves.
const pollMs = 1_000;

// A notification takes a lock that all of the cluster's wait for: the first commit is told of at once, and those that
// come until so long after it share the next one.
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
  /** For followers: rings after commits and once a second while someone listens, and is silent once it is closed. */
  readonly bell: Bell = new Bell();
  readonly #calls: Calls;
  readonly #schema: string;
  readonly #listener: Listener | undefined;
  readonly #notifies: boolean;
  readonly #watchers = new Watchers(setImmediate);
  // Each by an object of its own; `true` for one that keeps the process alive.
  readonly #listening = new Map<object, boolean>();
  // What was committed since the last notification: these keys, and perhaps events alone.
  readonly #pending = new Set<Key>();
  #hasNews = false;
  // One is on its way, or was a moment ago.
  #isPausing = false;
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

  /** Calls `wake` after commits, until the function that it returns is called. */
  watch(wake: Wake): () => void {
    const remove = this.#watchers.add(wake);
    const endListening = this.listen(false);
    return () => {
      remove();
      endListening();
    };
  }

  /**
   * Listens to other processes, until the function that it returns is called.
   *
   * @param holds whether the process should live on while this goes on, as it does while a server listens
   */
  listen(holds: boolean): () => void {
    const mine = {};
    this.#listening.set(mine, holds);
    this.#idlePolls = 0;
    this.#listener?.start();
    this.#poll ??= setInterval(() => this.#tick(), pollMs);
    this.#holdProcess();
    return () => {
      this.#listening.delete(mine);
      this.#holdProcess();
    };
  }

  /** Tells of a commit of this process, which was acknowledged. */
  committed(commit: Commit): void {
    const { writes, events } = commit;
    if (writes.length === 0 && events.length === 0) return;
    // One without events may be what held up the events of others.
    this.bell.ring();
    this.#watchers.note(commit);
    if (!this.#notifies) return;
    for (const { key } of writes) this.#pending.add(key);
    this.#hasNews = true;
    if (!this.#isPausing) this.#notify();
  }

  /** Ends all who wait, and gives what is still to be said to others, if there is anything. */
  close(): (() => PostgresQuery) | undefined {
    clearInterval(this.#poll);
    clearTimeout(this.#notifyTimer);
    this.#listener?.stop();
    this.bell.silence();
    this.#watchers.clear();
    if (!this.#hasNews) return undefined;
    const last = this.#message();
    return () => last;
  }

  // Never in a commit, nor before one was acknowledged.
  #notify(): void {
    this.#isPausing = true;
    const message = this.#message();
    const pause = (): void => {
      this.#notifyTimer = setTimeout(() => this.#goOn(), notifyEveryMs).unref();
    };
    this.#calls
      .write(
        () => message,
        () => undefined,
      )
      .then(pause, pause);
  }

  #goOn(): void {
    this.#isPausing = false;
    if (this.#hasNews) this.#notify();
  }

  #message(): PostgresQuery {
    const keys = JSON.stringify([...this.#pending]);
    this.#pending.clear();
    this.#hasNews = false;
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

  #wake(keys: readonly Key[]): void {
    this.bell.ring();
    this.#watchers.wake(keys);
  }

  #tick(): void {
    if (this.#listening.size === 0) {
      this.#idlePolls++;
      if (this.#idlePolls >= lingerPolls) this.#rest();
      return;
    }
    this.#listener?.start();
    this.bell.ring();
    if (this.#watchers.isEmpty) return;
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
    this.#watchers.wake([]);
  }

  #holdProcess(): void {
    if ([...this.#listening.values()].includes(true)) this.#poll?.ref();
    else this.#poll?.unref();
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
