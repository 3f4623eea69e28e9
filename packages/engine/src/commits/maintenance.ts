import type { CleaningStep, Moment, Page, Store } from "@unclash/core/store";
import type { LapsedKind } from "./lapsed-kinds.js";
import { type KindStep, LapsedWalk } from "./lapsed-walk.js";

/** So many rows are cleaned in one step. */
const cleanedMax = 500;

/** Where there is no more to clean, it is looked for again after so long. */
const cleanMs = 1_000;

/**
 * So many lapsed records are looked at together; their texts are not. As small as batches are, since others wait for a
 * page too: there are some kinds in it.
 */
const pageSize = { min: 50, max: 250, batches: 5 };

/** Kinds that are about as far share their pages. Those that are full are remembered for a while; of few of them. */
const remembered = { pagesMax: 20, ms: 5_000 };

/** What was left because others were faster, or something failed, is looked for again after so long. */
const retryMs = 10_000;

/** After so long each kind is looked through again, for what has lapsed behind it since: a clock was set back, say. */
const rescanMs = 600_000;

/** One short step of a round. */
export type MaintenanceStep =
  | { readonly kind: "cleaned"; readonly step: CleaningStep }
  | { readonly kind: "lapsed"; readonly step: KindStep }
  /** It failed; the steps after it are not kept by that. */
  | { readonly kind: "failed"; readonly error: unknown };

/** All that a store wants done in the background, in short steps. */
export class Maintenance {
  readonly #store: Store;
  readonly #walks = new Map<string, { readonly walk: LapsedWalk; readonly prefix: string; begunMs: number }>();
  /** Full pages of lapsed records, by where they begin: nothing is added to one of them any more. */
  readonly #pages = new Map<string | undefined, { readonly page: Page; readonly readMs: number }>();
  /** When to clean next. */
  #cleanMs = Number.NEGATIVE_INFINITY;
  /** The latest time of the store's that was seen. */
  #now: Moment = Number.NEGATIVE_INFINITY;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The names of the kinds that are dealt with. */
  get kinds(): readonly string[] {
    return [...this.#walks.keys()];
  }

  /**
   * Adds a kind of records; one that is known already stays as it is.
   *
   * @throws TypeError where another kind has its name: one of the two would never be dealt with
   */
  register(kind: LapsedKind): void {
    const { name, prefix } = kind;
    const known = this.#walks.get(name);
    if (known === undefined) this.#walks.set(name, { walk: new LapsedWalk(kind), prefix, begunMs: 0 });
    else if (known.prefix !== prefix)
      throw new TypeError(`The kind ${name} of lapsed records has the prefix ${known.prefix} already, not ${prefix}.`);
  }

  /** Has each kind that is at its end start again with the next round. */
  restartFinished(): void {
    for (const { walk } of this.#walks.values()) if (walk.isAtEnd) walk.restart();
  }

  /**
   * One round: a step of cleaning where it is time, then one for each kind, whether or not the others fail.
   *
   * @param nowMs the time by a clock that never steps
   * @param batchMax how many records of a kind are dealt with in a step, at that moment
   */
  async *round(nowMs: number, batchMax: () => number): AsyncGenerator<MaintenanceStep, void, undefined> {
    if (nowMs >= this.#cleanMs) yield await this.#clean(nowMs);
    for (const entry of [...this.#walks.values()]) {
      const { walk } = entry;
      const afterMs = walk.isIncomplete ? retryMs : rescanMs;
      if (walk.isAtEnd && nowMs - entry.begunMs >= afterMs) {
        walk.restart();
        entry.begunMs = nowMs;
      }
      yield await this.#stepOf(walk, batchMax(), nowMs);
    }
  }

  async #clean(nowMs: number): Promise<MaintenanceStep> {
    try {
      const step = await this.#store.clean(cleanedMax);
      this.#cleanMs = step.more ? nowMs : nowMs + cleanMs;
      return { kind: "cleaned", step };
    } catch (error) {
      return { kind: "failed", error };
    }
  }

  async #stepOf(walk: LapsedWalk, batchMax: number, nowMs: number): Promise<MaintenanceStep> {
    try {
      return {
        kind: "lapsed",
        step: await walk.step(this.#store, (place) => this.#pageAt(place, batchMax, nowMs), batchMax),
      };
    } catch (error) {
      return { kind: "failed", error };
    }
  }

  async #pageAt(place: string | undefined, batchMax: number, nowMs: number): Promise<Page> {
    const known = this.#pages.get(place);
    if (known !== undefined && nowMs - known.readMs < remembered.ms) return known.page;
    const after = place !== undefined && { after: place };
    const limit = Math.min(Math.max(batchMax * pageSize.batches, pageSize.min), pageSize.max);
    const page = await this.#store.list({ lapsedBefore: endOfTime, limit, texts: false, ...after });
    // What lapses by a clock that was set back lies behind those who have passed already.
    if (page.now < this.#now) for (const { walk } of this.#walks.values()) walk.markIncomplete();
    this.#now = page.now;
    this.#pages.delete(place);
    if (page.next !== undefined) this.#pages.set(place, { page, readMs: nowMs });
    if (this.#pages.size > remembered.pagesMax)
      for (const oldest of [...this.#pages.keys()].slice(0, 1)) this.#pages.delete(oldest);
    return page;
  }
}

const endOfTime = Number.MAX_SAFE_INTEGER;
