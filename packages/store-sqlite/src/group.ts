import { setImmediate } from "node:timers/promises";
import { StoreError } from "@unclash/core";
import type { Commit, CommitResult } from "@unclash/core/store";
import { pause, stayedLocked } from "./busy.js";
import { isBroken, isBusy, isFull, storeError } from "./failure.js";
import type { ResolvedOptions } from "./options.js";
import type { Tables } from "./tables.js";

interface Waiting {
  readonly commit: Commit;
  /** When it gives up waiting for another process, by `performance.now()`. */
  readonly until: number;
  resolve(result: CommitResult): void;
  reject(error: StoreError): void;
}

/**
 * Commits that wait together share one transaction and one fsync, and each has an outcome of its own.
 *
 * They are decided one after another, and each sees what those before it have written. One that clashes has written
 * nothing. Nobody is answered before the transaction is on the disk: a clash, too, may be with a commit of the same
 * group. What fails in one commit alone (a text that is too large for SQLite) fails that one, and the others go into
 * the next group; where the disk fails, all that wait do.
 */
export class GroupCommit {
  readonly #tables: Tables;
  readonly #decide: (commit: Commit) => CommitResult;
  readonly #announce: (commit: Commit) => void;
  readonly #options: ResolvedOptions;
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  // There was no room for the write-ahead log to grow, and nothing has been copied out of it since.
  #diskIsFull = false;

  /**
   * @param decide carries a commit out, or finds what it clashes with, in an open write transaction
   * @param announce is told of each commit that is on the disk; it must not throw
   */
  constructor(
    tables: Tables,
    options: ResolvedOptions,
    decide: (commit: Commit) => CommitResult,
    announce: (commit: Commit) => void,
  ) {
    this.#tables = tables;
    this.#options = options;
    this.#decide = decide;
    this.#announce = announce;
  }

  /** Queues a commit. Rejects with a `StoreError` where too many wait, or where it could not be carried out. */
  submit(commit: Commit): Promise<CommitResult> {
    const { queueMax, timeoutMs } = this.#options;
    if (this.#queue.length >= queueMax) {
      return Promise.reject(new StoreError(`More than ${queueMax} commits wait (queueMax).`, "not-applied"));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ commit, until: performance.now() + timeoutMs, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits any more. */
  async drained(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let tries = 1; this.#queue.length > 0; tries++) {
      // What the event loop has at hand gets to queue its commits, and other work gets its turn between two groups.
      await setImmediate();
      if (this.#commitGroup()) tries = 0;
      else await pause(tries);
    }
    this.#running = undefined;
  }

  /** Whether a group had its turn; else another process held the lock. Never awaits while its transaction is open. */
  #commitGroup(): boolean {
    const { transactions, counter } = this.#tables;
    if (this.#diskIsFull) this.#emptyLog();
    try {
      transactions.begin();
    } catch (error) {
      if (isBusy(error)) this.#giveUpLate(error);
      else this.#fail(this.#queue.splice(0), error);
      return !isBusy(error);
    }
    const results: CommitResult[] = [];
    try {
      this.#decideInto(results);
    } catch (error) {
      transactions.rollBack();
      this.#diskIsFull ||= isFull(error);
      this.#fail(isBroken(error) ? this.#queue.splice(0) : this.#queue.splice(results.length, 1), error);
      return true;
    }
    const group = this.#queue.splice(0, results.length);
    try {
      counter.save();
      transactions.commit();
    } catch (error) {
      transactions.rollBack();
      this.#diskIsFull ||= isFull(error);
      for (const [at, result] of results.entries()) group[at]?.reject(storeError(error, outcomeOf(result, error)));
      return true;
    }
    for (const [at, result] of results.entries()) {
      const waiting = group[at];
      if (result.kind === "committed" && waiting !== undefined) this.#announce(waiting.commit);
      waiting?.resolve(result);
    }
    return true;
  }

  // Where the log has taken all the room there was, it would take what is freed as well. Copied into the file, which
  // needs less, it begins anew in the room that it has.
  #emptyLog(): void {
    try {
      this.#tables.database.exec("PRAGMA wal_checkpoint(PASSIVE)");
      this.#diskIsFull = false;
    } catch {}
  }

  #decideInto(results: CommitResult[]): void {
    const endsAt = performance.now() + this.#options.groupMaxMs;
    this.#tables.counter.load();
    for (const { commit } of this.#queue) {
      results.push(this.#decide(commit));
      if (performance.now() >= endsAt) break;
    }
  }

  #giveUpLate(cause: unknown): void {
    const now = performance.now();
    const late = this.#queue.filter(({ until }) => until <= now);
    if (late.length === 0) return;
    this.#queue = this.#queue.filter(({ until }) => until > now);
    for (const { reject } of late) reject(stayedLocked(this.#options.timeoutMs, cause));
  }

  #fail(group: readonly Waiting[], error: unknown): void {
    for (const { reject } of group) reject(storeError(error, "not-applied"));
  }
}

// A COMMIT that failed has perhaps reached the disk: it may be found there when the file is opened after a crash. What
// clashed was nowhere in it.
function outcomeOf(result: CommitResult, error: unknown): StoreError["outcome"] {
  return result.kind === "clash" || isBusy(error) ? "not-applied" : "unknown";
}
