import { StoreError } from "@unclash/core";
import {
  type PostgresClient,
  type PostgresPool,
  type PostgresQuery,
  type PostgresResult,
  type Row,
  rowsOf,
} from "./driver.js";
import { leavesConnectionUsable, sentError, storeError } from "./failure.js";
import { connectIdle, isCommitted, openTransaction } from "./pool.js";

/** Makes a query, once a connection is there: what is left of the time that the call may take is known only then. */
export type QueryFor = (remainingMs: number) => PostgresQuery;

/** Reads what a query gave. */
export type Parse<T> = (rows: readonly Row[]) => T;

/** What bounds the calls. */
export interface CallLimits {
  readonly timeoutMs: number;
  readonly queueMax: number;
  /** How many may be with the pool at once. */
  readonly concurrency: number;
}

/**
 * Runs queries on the connections of a pool, each within its time. Those that find no connection free wait here and not
 * in the pool, so that they can be counted, and given up: a pool keeps whoever asked until it has a connection.
 */
export class Calls {
  readonly #pool: PostgresPool;
  readonly #limits: CallLimits;
  // The calls that wait, in the order in which they came.
  readonly #waiting = new Set<() => void>();
  readonly #drained: (() => void)[] = [];
  #running = 0;
  #closed = false;

  constructor(pool: PostgresPool, limits: CallLimits) {
    this.#pool = pool;
    this.#limits = limits;
  }

  /**
   * Runs a query that only reads.
   *
   * @param parse reads the rows, and throws a `NotUnderstoodError` where they are not what the server sent
   * @throws StoreError `not-applied`
   */
  async read<T>(queryFor: QueryFor, parse: Parse<T>): Promise<T> {
    return this.write(queryFor, parse).catch((error: unknown) => {
      if (!(error instanceof StoreError) || error.outcome === "not-applied") throw error;
      throw new StoreError(error.message, "not-applied", { cause: error.cause });
    });
  }

  /**
   * Runs a query that writes. It is answered once its transaction has ended, and so is durable.
   *
   * @param parse reads the rows, and throws a `NotUnderstoodError` where they are not what the server sent
   * @throws StoreError `not-applied` where it was not sent, or the server rolled it back; else `unknown`
   */
  write<T>(queryFor: QueryFor, parse: Parse<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new StoreError("The PostgreSQL store is closed.", "not-applied"));
    return this.#run(queryFor, parse);
  }

  /**
   * Refuses further calls, and returns once those that are under way have ended, with what `last` asks for behind them.
   * By then each has ended, or was given up, though a pool of the user's may still owe its connection.
   */
  async close(last?: QueryFor): Promise<void> {
    this.#closed = true;
    if (last !== undefined) await this.#run(last, () => undefined).catch(() => {});
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#limits.timeoutMs);
      this.#drained.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #run<T>(queryFor: QueryFor, parse: Parse<T>): Promise<T> {
    const { timeoutMs, queueMax, concurrency } = this.#limits;
    return new Promise((resolve, reject) => {
      const endsAt = performance.now() + timeoutMs;
      const call = new Call(parse, resolve, reject, () => this.#leave());
      const start = (): void => {
        this.#running++;
        call.start(this.#pool, () => queryFor(Math.max(1, Math.floor(endsAt - performance.now()))));
      };
      if (this.#running < concurrency) start();
      else if (this.#waiting.size < queueMax) this.#waiting.add(start);
      else return reject(new StoreError(`${queueMax} calls wait for PostgreSQL already.`, "not-applied"));
      call.giveUpAfter(timeoutMs, () => this.#waiting.delete(start));
    });
  }

  #leave(): void {
    this.#running--;
    const [next] = this.#waiting;
    if (next !== undefined) {
      this.#waiting.delete(next);
      next();
    } else if (this.#running === 0) {
      for (const resolve of this.#drained.splice(0)) resolve();
    }
  }
}

/** One call: waiting, then connecting, then sent, then ended; it may be given up in each of these. */
class Call<T> {
  readonly #parse: Parse<T>;
  readonly #resolve: (result: T) => void;
  readonly #reject: (error: StoreError) => void;
  readonly #leave: () => void;
  #client: PostgresClient | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(parse: Parse<T>, resolve: (result: T) => void, reject: (error: StoreError) => void, leave: () => void) {
    this.#parse = parse;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#leave = leave;
  }

  giveUpAfter(timeoutMs: number, forget: () => void): void {
    this.#timer = setTimeout(() => {
      forget();
      const outcome = this.#client === undefined ? "not-applied" : "unknown";
      this.#end(() => this.#reject(new StoreError(`PostgreSQL did not answer within ${timeoutMs} ms.`, outcome)));
      // Its query may still run, so that nobody else can use it.
      this.#giveBack(true);
    }, timeoutMs);
  }

  start(pool: PostgresPool, query: () => PostgresQuery): void {
    connectIdle(pool).then(
      (client) => {
        if (this.#ended) {
          client.release();
          this.#leave();
        } else this.#send(client, query);
      },
      (error: unknown) => {
        this.#end(() => this.#reject(storeError(error, "not-applied")));
        this.#leave();
      },
    );
  }

  #send(client: PostgresClient, query: () => PostgresQuery): void {
    this.#client = client;
    client.on("error", ignore);
    sent(client, query).then(
      (result) => this.#answered(client, result),
      (error: unknown) => {
        this.#giveBack(!leavesConnectionUsable(error));
        this.#end(() => this.#reject(sentError(error)));
      },
    );
  }

  #answered(client: PostgresClient, result: PostgresResult): void {
    try {
      if (!isCommitted(client)) throw new StoreError(openTransaction, "unknown");
      const parsed = this.#parse(rowsOf(result));
      this.#giveBack(false);
      this.#end(() => this.#resolve(parsed));
    } catch (error) {
      this.#giveBack(true);
      this.#end(() => this.#reject(storeError(error, "unknown")));
    }
  }

  #giveBack(destroy: boolean): void {
    const client = this.#client;
    if (client === undefined) return;
    this.#client = undefined;
    client.release(destroy);
    // The pool listens again by now; a connection that it closed must find somebody who does.
    if (!destroy) client.removeListener("error", ignore);
    this.#leave();
  }

  #end(settle: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    settle();
  }
}

// What can't even be written down for the server is a rejection as well.
async function sent(client: PostgresClient, query: () => PostgresQuery): Promise<PostgresResult> {
  return client.query(query());
}

// The query that a broken connection breaks is told of it. An `error` that nobody listens to would end the process.
function ignore(): void {}
