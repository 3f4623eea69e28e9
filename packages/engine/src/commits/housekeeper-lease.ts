import type { Expectation, Key, Moment, Store, StoredRecord, Tag, Text, WriteAction } from "@unclash/core/store";
import { commitOf } from "./commit-parts.js";
import { createTag } from "./commit-tag.js";
import { internalRecords } from "./internal-records.js";

/** The record of whoever is the housekeeper of a store at this time. */
export const leaseKey: Key = internalRecords.housekeeper.prefix;

/** How long a housekeeper that has died is waited for, in milliseconds. It renews its lease three times as often. */
export const leaseMs = 15_000;

/** What a process knows of the lease of another one. */
export interface SeenLease {
  readonly tag: Tag;
  readonly lapsesAt: Moment | undefined;
  /** Since when it has been just this, by a clock of this process that never steps. */
  readonly sinceMs: number;
}

export type LeaseVerdict =
  /** It is free, or its holder does not do the work: whoever takes it expects this. */
  { readonly kind: "free"; readonly expect: Expectation } | { readonly kind: "held" };

/**
 * Judges the lease of a store. A holder that does not know all kinds of records that this process knows is replaced, so
 * that no kind is left alone: it is of an earlier release, or an app with fewer features. A lease that nobody renews is
 * free though the store's clock says otherwise: that clock may have been set back.
 *
 * @param kinds the kinds that this process knows
 * @param seen the lease as this process has seen it before, if it has
 * @param nowMs the time by the clock of `seen`
 */
export function evaluateLease(
  found: StoredRecord | undefined,
  kinds: readonly string[],
  seen: SeenLease | undefined,
  nowMs: number,
): LeaseVerdict {
  if (found === undefined) return { kind: "free", expect: "absent" };
  if (found.deleted) return { kind: "free", expect: { gone: found.tag } };
  if (found.lapsed) return { kind: "free", expect: { lapsed: found.tag } };
  const isStill = seen !== undefined && isSame(seen, found) && nowMs - seen.sinceMs > 2 * leaseMs;
  const known = kindsIn(found.text);
  // What can't be read was written by a newer release, which knows more.
  const isLacking = known !== undefined && kinds.some((kind) => !known.has(kind));
  return isStill || isLacking ? { kind: "free", expect: { tag: found.tag } } : { kind: "held" };
}

function isSame({ tag, lapsesAt }: SeenLease, found: StoredRecord): boolean {
  return tag === found.tag && lapsesAt === found.lapsesAt;
}

const format = 1;

function leaseText(kinds: readonly string[]): Text {
  return JSON.stringify({ format, kinds });
}

function kindsIn(text: Text | null): ReadonlySet<unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    const kinds: unknown = Reflect.get(Object(value), "kinds");
    return Reflect.get(Object(value), "format") === format && Array.isArray(kinds) ? new Set(kinds) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The lease of one process: that it holds it means that it is the housekeeper, as far as it knows. Another one that
 * believes the same for a while does no harm.
 */
export class HousekeeperLease {
  readonly #store: Store;
  readonly #kinds: () => readonly string[];
  readonly #nowMs: () => number;
  #isHeld = false;
  /** That of the record that this process has put, or has tried to. */
  #tag: Tag | undefined;
  /** What stands in that record. */
  #text: Text = "";
  #renewedMs = 0;
  #seen: SeenLease | undefined;

  /**
   * @param kinds the kinds that this process knows by now
   * @param nowMs a clock that never steps: `performance.now`
   */
  constructor(store: Store, kinds: () => readonly string[], nowMs: () => number) {
    this.#store = store;
    this.#kinds = kinds;
    this.#nowMs = nowMs;
  }

  /** Whether this process held it when it last looked. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /**
   * Renews the lease where it is time, or tries to get it. Where this process holds it, most calls do nothing.
   *
   * @returns whether this process holds it
   * @throws StoreError where the store failed: whether it holds it is as before
   */
  async hold(): Promise<boolean> {
    const text = leaseText(this.#kinds());
    if (this.#isHeld) {
      const isDue = this.#nowMs() - this.#renewedMs >= leaseMs / 3;
      if (!isDue && text === this.#text) return true;
      if (await this.#renew(text)) return true;
      this.#isHeld = false;
    }
    const { now, records } = await this.#store.read([leaseKey]);
    const [found] = records;
    const verdict = this.#evaluate(found);
    if (verdict.kind === "free") await this.#put(verdict.expect, text, this.#at(now, found));
    return this.#isHeld;
  }

  /**
   * Gives it up, so that another process gets it at once.
   *
   * @throws StoreError where the store failed: it ends by itself soon
   */
  async release(): Promise<void> {
    const tag = this.#tag;
    if (!this.#isHeld || tag === undefined) return;
    this.#isHeld = false;
    this.#tag = undefined;
    await this.#commit({ tag }, { delete: "forget" }, 0, createTag());
  }

  /** What was put before, and nobody could say whether it arrived, has arrived where it is there. */
  #evaluate(found: StoredRecord | undefined): LeaseVerdict {
    if (found !== undefined && found.tag === this.#tag && !found.lapsed)
      return { kind: "free", expect: { tag: found.tag } };
    const nowMs = this.#nowMs();
    const verdict = evaluateLease(found, this.#kinds(), this.#seen, nowMs);
    if (found === undefined) this.#seen = undefined;
    else if (this.#seen === undefined || !isSame(this.#seen, found))
      this.#seen = { tag: found.tag, lapsesAt: found.lapsesAt, sinceMs: nowMs };
    return verdict;
  }

  async #renew(text: Text): Promise<boolean> {
    if (this.#tag === undefined) return false;
    const expect = { tag: this.#tag };
    const startedMs = this.#nowMs();
    if (text !== this.#text) {
      const { now, records } = await this.#store.read([leaseKey]);
      return this.#put(expect, text, this.#at(now, records[0]));
    }
    const isRenewed = await this.#commit(expect, { extendMs: leaseMs }, 0, createTag());
    if (isRenewed) this.#renewedMs = startedMs;
    return isRenewed;
  }

  async #put(expect: Expectation, text: Text, at: Moment): Promise<boolean> {
    const tag = createTag();
    const startedMs = this.#nowMs();
    this.#tag = tag;
    this.#text = text;
    this.#isHeld = await this.#commit(expect, { put: text, ttlMs: leaseMs, keep: "none" }, at, tag);
    this.#renewedMs = startedMs;
    return this.#isHeld;
  }

  #at(now: Moment, found: StoredRecord | undefined): Moment {
    return found === undefined ? now : Math.max(now, found.modifiedAt + 1);
  }

  async #commit(expect: Expectation, action: WriteAction, at: Moment, tag: Tag): Promise<boolean> {
    const header = { tag, at, by: null, cause: "housekeeper" };
    const write = { key: leaseKey, expect, ...action };
    return (await this.#store.commit(commitOf(header, [{ writes: [write] }]))).kind === "committed";
  }
}
