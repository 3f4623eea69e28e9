import type { Store } from "@unclash/core/store";
import { repeatedWarning } from "../options/warnings.js";
import { HousekeeperLease } from "./housekeeper-lease.js";
import type { HousekeepingDecision } from "./housekeeping-report.js";
import type { KindStep } from "./lapsed-walk.js";
import type { Maintenance, MaintenanceStep } from "./maintenance.js";
import type { Pace } from "./pace.js";

/** How long to wait, in milliseconds: for what lapses next, and to look whether this process has to take over. */
const waitsMs = { busy: 0, idle: 1_000, "standing-by": 5_000 } as const;

/** How many lapsed records are dealt with in a second, as long as none of them waits for longer than `lagMsMax`. */
const perSecond = 1_250;
const lagMsMax = 60_000;

/** Where more lapse than that, it hurries: at most so many times as fast. */
const hurryMax = 8;

/**
 * Pauses that came out too long are made up for, as far as they were no longer than `maxMs` together. In each round
 * this share of what is beyond `fromMs` counts as what its steps took, so that batches grow.
 */
const late = { fromMs: 250, maxMs: 1_000, share: 0.1 };

/**
 * How many of a kind are dealt with in one step: as few as will do, since others wait for it. More than is usual only
 * where what waits has lapsed for so long: a store that is busy is not made busier at once. What a step costs however
 * few there are, such as a write to the disk, decides how many will do: so many that the steps take this share of the
 * time.
 */
const batch = { min: 10, usual: 50, max: 250, largeFromLagMs: 15_000, share: 0.9 };

/** How many times as long as a step takes it pauses at least, so that most of a store's time is left to requests. */
const pausesPer = { lapsed: 1, cleaned: 9 } as const;
const pauseMs = { min: 2, max: 1_000 };

/** After so many failures in a row there is a warning: one may be a store that is away for a moment. */
const failuresMax = 3;
const failureMs = { first: 1_000, max: 30_000 };

type Report = (makeDecision: () => HousekeepingDecision) => void;

/**
 * The housekeeper of a store, as one process runs it: while it holds the lease it does the maintenance in short steps,
 * with pauses; else it stands by. Every step is compare-and-set, so that two at once (after a long pause, or a step of
 * a clock) do no harm.
 */
export class Housekeeper {
  readonly #maintenance: Maintenance;
  readonly #lease: HousekeeperLease;
  readonly #pace: Pace;
  readonly #report: Report | undefined;
  readonly #stop = new AbortController();
  #batchMax: number = batch.min;
  /** When the next batch has its turn, where others came before it. */
  #dueMs: number | undefined;
  /** How many rounds in a row failed. */
  #failures = 0;
  #running: Promise<void> | undefined;
  readonly #warnOfFailure = repeatedWarning(
    "UNCLASH_HOUSEKEEPING_FAILED",
    (error) => `Housekeeping failed, and is tried again: ${String(error)}`,
  );

  /** @param report is called after each round with what makes its report */
  constructor(store: Store, maintenance: Maintenance, pace: Pace, report?: Report) {
    this.#maintenance = maintenance;
    this.#pace = pace;
    this.#report = report;
    this.#lease = new HousekeeperLease(store, () => maintenance.kinds, pace.nowMs);
  }

  /** Whether this process is the housekeeper, as far as it knows. */
  get isLeading(): boolean {
    return this.#lease.isHeld;
  }

  /** Begins to work. Call it once. */
  start(): void {
    this.#running = this.#run();
  }

  /** Ends after the step that it is at, and gives up the lease. It never rejects. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const waitMs = await this.#work(signal);
      if (waitMs > 0) await this.#pace.pause(waitMs, signal);
    }
    // Where it can't be given up now, it lapses soon.
    await this.#lease.release().catch(() => undefined);
  }

  /** A round where this process is in charge, and how long to wait before the next one. */
  async #work(stop: AbortSignal): Promise<number> {
    try {
      const round = (await this.#lease.hold()) ? await this.#doRound(stop) : "standing-by";
      this.#failures = 0;
      return waitsMs[round];
    } catch (thrown) {
      this.#failures += 1;
      if (this.#failures >= failuresMax) this.#warnOfFailure(thrown);
      return Math.min(failureMs.first * 2 ** (this.#failures - 1), failureMs.max);
    }
  }

  /**
   * One round, as long as the lease is held, and whether there is more to do at once.
   *
   * @throws what its steps failed with, where none succeeded
   */
  async #doRound(stop: AbortSignal): Promise<"busy" | "idle"> {
    const startedMs = this.#pace.nowMs();
    const steps: DoneStep[] = [];
    let failure: { readonly error: unknown } | undefined;
    let stepMs = startedMs;
    for await (const step of this.#maintenance.round(startedMs, () => this.#batchMax)) {
      const done = step.kind !== "failed" && { ...step, tookMs: this.#pace.nowMs() - stepMs };
      if (done) steps.push(done);
      else if (step.kind === "failed") failure = step;
      if (stop.aborted) break;
      if (done) await this.#pauseAfter(done, stop);
      if (stop.aborted || !(await this.#lease.hold())) break;
      stepMs = this.#pace.nowMs();
    }
    if (failure !== undefined && steps.length === 0) throw failure.error;
    if (failure !== undefined) this.#warnOfFailure(failure.error);
    const tookMs = this.#pace.nowMs() - startedMs;
    this.#adapt(steps);
    this.#report?.(() => decisionOf(steps, tookMs));
    if (steps.some(({ step }) => step.more)) return "busy";
    this.#dueMs = undefined;
    return "idle";
  }

  async #pauseAfter(done: DoneStep, stop: AbortSignal): Promise<void> {
    if (countOf(done) === 0 && !done.step.more) return;
    const nowMs = this.#pace.nowMs();
    const startedMs = nowMs - done.tookMs;
    this.#dueMs = Math.max(this.#dueMs ?? startedMs, startedMs - late.maxMs) + spreadMsOf(done);
    await this.#pace.pause(Math.max(restMsAfter(done), this.#dueMs - nowMs), stop);
  }

  /** Where small batches do not get through as many as they should, larger ones do. */
  #adapt(steps: readonly DoneStep[]): void {
    const lapsed = steps.flatMap(({ kind, step }) => (kind === "lapsed" && step.more && step.offered > 0 ? step : []));
    const max = lapsed.some(({ lagMs }) => lagMs >= batch.largeFromLagMs) ? batch.max : batch.usual;
    const wantedMs = batch.share * sumOf(steps.map(spreadMsOf));
    const lateMs = this.#dueMs === undefined ? 0 : Math.max(this.#pace.nowMs() - this.#dueMs - late.fromMs, 0);
    const neededMs = sumOf(steps.map((done) => done.tookMs + restMsAfter(done))) + lateMs * late.share;
    // Where none wait any more, small ones will do.
    const factor = lapsed.length === 0 ? 0 : neededMs / wantedMs;
    const next = Math.round(this.#batchMax * Math.min(Math.max(factor, 0.5), 2));
    this.#batchMax = Math.min(Math.max(next, batch.min), max);
  }
}

function countOf({ kind, step }: DoneStep): number {
  return kind === "cleaned" ? step.removed : step.offered;
}

/** How much of the time the records of a step have, in the pace that is kept. */
function spreadMsOf(done: DoneStep): number {
  return done.kind === "cleaned" ? 0 : (done.step.offered * 1_000) / (perSecond * hurryFor(done.step));
}

/** How long others have the store for themselves after a step at least. */
function restMsAfter({ kind, tookMs }: DoneStep): number {
  return Math.min(Math.max(tookMs * pausesPer[kind], pauseMs.min), pauseMs.max);
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** How many times as fast as usual: the longer what waits has lapsed. */
function hurryFor({ lagMs }: KindStep): number {
  return Math.min(Math.max(lagMs / lagMsMax, 1), hurryMax);
}

type DoneStep = Exclude<MaintenanceStep, { readonly kind: "failed" }> & { readonly tookMs: number };

function decisionOf(steps: readonly DoneStep[], durationMs: number): HousekeepingDecision {
  const cleaning = steps.find((step) => step.kind === "cleaned")?.step;
  return {
    kind: "housekeeping",
    cleaned: cleaning?.removed ?? 0,
    moreToClean: cleaning?.more ?? false,
    lapsed: steps.flatMap((step) => {
      if (step.kind === "cleaned") return [];
      const { more: _, ...report } = step.step;
      return [report];
    }),
    durationMs,
  };
}
