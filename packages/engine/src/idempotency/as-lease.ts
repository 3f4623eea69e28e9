import {
  type Commit,
  durationMsMax,
  type Expectation,
  type Key,
  type Moment,
  type Tag,
  type Write,
} from "@unclash/core/store";
import { commitOnce, type LookUp } from "../commits/commit-once.js";
import { createTag } from "../commits/commit-tag.js";
import { warn } from "../options/warnings.js";
import type { GuardKeeping } from "./guard-keeping.js";
import type { CountedCaller } from "./quota.js";
import { isKept, type KeptAnswer, type KeyRecord, recordText } from "./record.js";

/** The record of an idempotency key, as it was judged: where it is, what it must hold, and what is put in its place. */
export interface KeyPlace {
  readonly key: Key;
  readonly fingerprint: string;
  readonly expect: Expectation;
  /** Later than all that the record was before. */
  readonly at: Moment;
}

/** How the key of one request is kept. */
export interface KeyHolding {
  readonly idempotency: GuardKeeping;
  readonly limits: LookUp;
  /** Whose key it is. */
  readonly who: CountedCaller;
}

/** How a request that ran has ended, as far as its key is concerned. */
export type RunEnd =
  /** Repeats get this answer. */
  | { readonly kind: "answer"; readonly answer: KeptAnswer }
  /** It had no effect, or a repeat of it has none: its key is given back, and a repeat runs. */
  | { readonly kind: "harmless" }
  /** It failed, and may have had an effect: a repeat is told so, and does not run. */
  | { readonly kind: "unknown" };

/**
 * Answers are waited for by clients: they go out after this time, in milliseconds, even where the store has not kept
 * them.
 */
const settleMsMax = 2_000;

/** Keeps an answer for all repeats. `false`: another process was faster, and what it did is what counts. */
export function keepAnswer(holding: KeyHolding, place: KeyPlace, answer: KeptAnswer): Promise<boolean> {
  return keep(holding, place, { state: "answered", fingerprint: place.fingerprint, answer });
}

async function keep({ idempotency, limits, who }: KeyHolding, place: KeyPlace, record: KeyRecord): Promise<boolean> {
  const text = recordText(record);
  const commit = commitOf(place, createTag(), { put: text, ttlMs: idempotency.keepMs, keep: "none" });
  const isKept = (await commitOnce(idempotency.store, commit, limits)).kind === "committed";
  if (isKept) idempotency.quota.add(who, idempotency, place.at, text.length);
  return isKept;
}

/** How long the record of a claim is kept after its last renewal: for its lease, and then for as long as an answer. */
function claimMs({ leaseMs, keepMs }: GuardKeeping): number {
  return Math.min(leaseMs + keepMs, durationMsMax);
}

/** Takes a key for a request that is about to run; nothing where another process was faster. */
export async function claimKey(holding: KeyHolding, place: KeyPlace): Promise<KeyRun | undefined> {
  const { idempotency, limits } = holding;
  const { store, keepMs, leaseMs } = idempotency;
  const tag = createTag();
  const ttlMs = claimMs(idempotency);
  const text = recordText({ state: "running", fingerprint: place.fingerprint, keepMs, graceMs: ttlMs - leaseMs });
  const commit = commitOf(place, tag, { put: text, ttlMs, keep: "none" }, "run");
  const result = await commitOnce(store, commit, limits);
  return result.kind === "committed"
    ? new KeyRun(holding, { ...place, expect: { tag }, at: place.at + 1 }, tag)
    : undefined;
}

/**
 * A request that runs, and holds its key. The lease of its claim ends by itself, so that a process that dies leaves
 * nothing stuck; while the handler runs it is renewed, so that a long one is not taken for dead. The record outlives
 * the lease: it is known then that the request began.
 */
export class KeyRun {
  readonly #holding: KeyHolding;
  readonly #place: KeyPlace;
  readonly #tag: Tag;
  readonly #renewing: NodeJS.Timeout;
  readonly #end: NodeJS.Timeout;
  #isStopped = false;

  constructor(holding: KeyHolding, place: KeyPlace, tag: Tag) {
    const { leaseMs, runMsMax } = holding.idempotency;
    this.#holding = holding;
    this.#place = place;
    this.#tag = tag;
    this.#renewing = setInterval(() => void this.#renew(), Math.ceil(leaseMs / 3)).unref();
    this.#end = setTimeout(() => this.abandon(), runMsMax).unref();
  }

  /** Content beyond this is not kept. */
  get answerBytesMax(): number {
    return this.#holding.idempotency.answerBytesMax;
  }

  /** Whether the handler knows a repeat by itself. */
  get knowsRepeats(): boolean {
    return this.#holding.idempotency.rerun;
  }

  /** Nobody will report how it ended: its lease is left to end, and the outcome of the request stays unknown. */
  abandon(): void {
    if (this.#isStopped) return;
    this.#stop();
    const { idempotency, who } = this.#holding;
    idempotency.quota.add(who, idempotency, this.#place.at, 0);
  }

  /**
   * Puts the end of the request in the claim's place. Resolves when that is done, has failed, or takes too long; after
   * a failure the claim is left to its lease.
   */
  settle(end: RunEnd): Promise<void> {
    this.#stop();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, settleMsMax).unref();
    });
    return Promise.race([this.#put(end).catch(warnOfLoss), late]).finally(() => clearTimeout(timer));
  }

  #stop(): void {
    this.#isStopped = true;
    clearInterval(this.#renewing);
    clearTimeout(this.#end);
  }

  async #put(end: RunEnd): Promise<void> {
    // A process that slept for long may still be the only one that knows of the request.
    for (const expect of [{ tag: this.#tag }, { lapsed: this.#tag }]) {
      const place = { ...this.#place, expect };
      const isDone =
        end.kind === "harmless" ? await this.#forget(place) : await keep(this.#holding, place, recordOf(place, end));
      if (isDone) return;
    }
  }

  async #forget(place: KeyPlace): Promise<boolean> {
    const { store } = this.#holding.idempotency;
    const result = await store.commit(commitOf(place, createTag(), { delete: "forget" }));
    return result.kind === "committed";
  }

  async #renew(): Promise<void> {
    const { idempotency } = this.#holding;
    try {
      const renewal = commitOf(this.#place, createTag(), { extendMs: claimMs(idempotency) });
      const result = await idempotency.store.commit(renewal);
      // The key is someone else's by now, after this process had slept past its lease.
      if (result.kind === "clash") clearInterval(this.#renewing);
    } catch {
      // The next renewal comes before the lease ends.
    }
  }
}

function recordOf({ fingerprint }: KeyPlace, end: Exclude<RunEnd, { kind: "harmless" }>): KeyRecord {
  return end.kind === "answer"
    ? { state: "answered", fingerprint, answer: end.answer }
    : { state: "unanswered", fingerprint };
}

type Action = Omit<Extract<Write, { put: string }>, "key" | "expect"> | { delete: "forget" } | { extendMs: number };

function commitOf({ key, expect, at }: KeyPlace, tag: Tag, action: Action, cause = "answer"): Commit {
  return { tag, at, reads: [], writes: [{ key, expect, ...action }], events: [], by: null, cause };
}

function warnOfLoss(error: unknown): void {
  warn(
    "UNCLASH_ANSWER_NOT_KEPT",
    `The answer to a request with an Idempotency-Key could not be kept: ${String(error)}`,
  );
}

/** What is known of a request that ran, besides its answer. */
export interface EndedRun {
  readonly dryRun: boolean;
  /** The handler says that it has changed nothing, should it have failed. */
  readonly notApplied: boolean;
  /** The slug of the problem that its guard has ended it with. */
  readonly refusal: string | undefined;
  readonly resource: string | undefined;
}

/**
 * How a request that ran has ended, by its answer. A handler that failed after it began may have had its effect: a key
 * is given back only where the handler says that it had none, or knows a repeat by itself.
 */
export function endOfRun({ dryRun, notApplied, refusal, resource }: EndedRun, run: KeyRun, answer: KeptAnswer): RunEnd {
  const isFailure = answer.status >= 500;
  if (dryRun || (isFailure && (notApplied || run.knowsRepeats))) return { kind: "harmless" };
  if (isFailure) return { kind: "unknown" };
  if (!isKept(answer.status, refusal)) return { kind: "harmless" };
  // A conflict tells of the state: it is shown again only where the app still shows that.
  const isConflict = refusal === "version-conflict" && (answer.status === 409 || answer.status === 412);
  return { kind: "answer", answer: isConflict ? { ...answer, shows: resource ?? "" } : answer };
}
