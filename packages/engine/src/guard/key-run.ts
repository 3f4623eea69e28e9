import type { Commit, Expectation, Key, Moment, Tag, Write } from "@unclash/core";
import { commitOnce, type LookUp } from "../commit.js";
import { type KeptAnswer, recordText } from "../idempotency/record.js";
import { claimCause, type Sweep } from "../idempotency/sweep.js";
import { createTag } from "../tag.js";
import type { GuardIdempotency } from "./guard-options.js";

/** The record of an idempotency key, as it was judged: where it is, what it must hold, and what is put in its place. */
export interface KeyPlace {
  readonly key: Key;
  readonly fingerprint: string;
  readonly expect: Expectation;
  /** Later than all that the record was before. */
  readonly at: Moment;
}

/** Where keys are kept, and for how long. */
export interface KeyKeeping {
  readonly idempotency: Required<GuardIdempotency>;
  readonly limits: LookUp;
  /** Is told of every request with a key, so that old ones are forgotten. */
  readonly sweep: Sweep;
}

/** Answers are waited for by clients: they go out after this time, in milliseconds, even where the store has not kept them. */
const settleMsMax = 2_000;

/** Keeps an answer for all repeats. `false`: another process was faster, and what it did is what counts. */
export async function keepAnswer(keeping: KeyKeeping, place: KeyPlace, answer: KeptAnswer): Promise<boolean> {
  const { idempotency, limits } = keeping;
  const text = recordText({ state: "answered", fingerprint: place.fingerprint, answer });
  const commit = commitOf(place, createTag(), { put: text, ttlMs: idempotency.keepMs, keep: "none" });
  return (await commitOnce(idempotency.store, commit, limits)).kind === "committed";
}

/** Takes a key for a request that is about to run; nothing where another process was faster. */
export async function claimKey(keeping: KeyKeeping, place: KeyPlace): Promise<KeyRun | undefined> {
  const { idempotency, limits } = keeping;
  const { store, keepMs, leaseMs } = idempotency;
  const tag = createTag();
  const text = recordText({ state: "running", fingerprint: place.fingerprint, keepMs });
  const commit = commitOf(place, tag, { put: text, ttlMs: leaseMs, keep: "none" }, claimCause);
  const result = await commitOnce(store, commit, limits);
  return result.kind === "committed"
    ? new KeyRun(keeping, { ...place, expect: { tag }, at: place.at + 1 }, tag)
    : undefined;
}

/**
 * A request that runs, and holds its key. The claim lapses by itself, so that a process that dies leaves nothing stuck; while
 * the handler runs it is renewed, so that a long one is not taken for dead.
 */
export class KeyRun {
  readonly #keeping: KeyKeeping;
  readonly #place: KeyPlace;
  readonly #tag: Tag;
  readonly #renewing: NodeJS.Timeout;
  readonly #end: NodeJS.Timeout;

  constructor(keeping: KeyKeeping, place: KeyPlace, tag: Tag) {
    const { leaseMs, runMsMax } = keeping.idempotency;
    this.#keeping = keeping;
    this.#place = place;
    this.#tag = tag;
    this.#renewing = setInterval(() => void this.#renew(), Math.ceil(leaseMs / 3)).unref();
    this.#end = setTimeout(() => this.abandon(), runMsMax).unref();
  }

  /** Content beyond this is not kept. */
  get answerBytesMax(): number {
    return this.#keeping.idempotency.answerBytesMax;
  }

  /** Nobody will tell how it ended: the claim is left to lapse, and it stays unknown what became of the request. */
  abandon(): void {
    clearInterval(this.#renewing);
    clearTimeout(this.#end);
  }

  /**
   * Puts the answer in the claim's place; without one, gives the key back, so that a repeat runs. Resolves when that is
   * done, has failed, or takes too long; a failure leaves the claim to lapse.
   */
  settle(answer: KeptAnswer | undefined): Promise<void> {
    this.abandon();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, settleMsMax).unref();
    });
    return Promise.race([this.#put(answer).catch(warnOfLoss), late]).finally(() => clearTimeout(timer));
  }

  async #put(answer: KeptAnswer | undefined): Promise<void> {
    // A process that slept past its lease may still be the only one that knows of the request.
    for (const expect of [{ tag: this.#tag }, { lapsed: this.#tag }]) {
      const place = { ...this.#place, expect };
      const isDone = answer === undefined ? await this.#forget(place) : await keepAnswer(this.#keeping, place, answer);
      if (isDone) return;
    }
  }

  async #forget(place: KeyPlace): Promise<boolean> {
    const { store } = this.#keeping.idempotency;
    const result = await store.commit(commitOf(place, createTag(), { delete: "forget" }));
    return result.kind === "committed";
  }

  async #renew(): Promise<void> {
    const { store, leaseMs } = this.#keeping.idempotency;
    try {
      const result = await store.commit(commitOf(this.#place, createTag(), { extendMs: leaseMs }));
      // The key is someone else's by now, after this process had slept past its lease.
      if (result.kind === "clash") clearInterval(this.#renewing);
    } catch {
      // The next renewal comes before the lease ends.
    }
  }
}

type Action = Omit<Extract<Write, { put: string }>, "key" | "expect"> | { delete: "forget" } | { extendMs: number };

function commitOf({ key, expect, at }: KeyPlace, tag: Tag, action: Action, cause = "answer"): Commit {
  return { tag, at, reads: [], writes: [{ key, expect, ...action }], events: [], by: null, cause };
}

function warnOfLoss(error: unknown): void {
  process.emitWarning(`The answer to a request with an Idempotency-Key could not be kept: ${String(error)}`, {
    type: "UnclashWarning",
    code: "UNCLASH_ANSWER_NOT_KEPT",
  });
}
