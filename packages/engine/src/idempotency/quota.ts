import type { Moment, Store } from "@unclash/core/store";
import { warn } from "../options/warnings.js";
import { deleteOldest } from "../states/memo.js";

/** Whose keys are counted. */
export interface CountedCaller {
  /** Its digest. */
  readonly caller: string;
  readonly isAnonymous: boolean;
}

/** What may be kept, and for how long. */
export interface QuotaLimits {
  readonly keepMs: number;
  readonly callerBytesMax: number;
  readonly anonymousBytesMax: number;
}

/** What the answers take that are kept for callers, as far as this process has kept them. */
export interface KeyQuota {
  /** After how many seconds a caller may use a new key; nothing where it may now. */
  retryAfterSeconds(who: CountedCaller, limits: QuotaLimits, now: Moment): number | undefined;
  /** Counts a record that is kept. */
  add(who: CountedCaller, limits: QuotaLimits, now: Moment, bytes: number): void;
}

/** The least that a record takes: its key, its headers, and what a store needs around them. */
const recordBytesMin = 1_024;

/** So many callers are counted, those who are known and those who are not; of more, the least recent are forgotten. */
const callersMax = 10_000;

const everyone = "";

/**
 * Counts what is kept, by sliding windows of the time that it is kept for: what the window before holds counts by the
 * part of it that is not over. It takes 1 MiB at most, whoever asks.
 */
export function createQuota(): KeyQuota {
  const known = new Windows(callersMax);
  const anonymous = new Windows(callersMax);
  const together = new Windows(callersMax);
  return {
    retryAfterSeconds({ caller, isAnonymous }, { keepMs, callerBytesMax, anonymousBytesMax }, now) {
      const own = (isAnonymous ? anonymous : known).waitMs(`${keepMs} ${caller}`, keepMs, now, callerBytesMax);
      const all = isAnonymous ? together.waitMs(`${keepMs} ${everyone}`, keepMs, now, anonymousBytesMax) : 0;
      if (all > 0) warnOfAnonymous(now, keepMs);
      const waitMs = Math.max(own, all);
      return waitMs === 0 ? undefined : Math.ceil(waitMs / 1_000);
    },
    add({ caller, isAnonymous }, { keepMs }, now, bytes) {
      const counted = Math.max(bytes, recordBytesMin);
      (isAnonymous ? anonymous : known).add(`${keepMs} ${caller}`, keepMs, now, counted);
      if (isAnonymous) together.add(`${keepMs} ${everyone}`, keepMs, now, counted);
    },
  };
}

const quotas = new WeakMap<Store, KeyQuota>();

/** The one quota of a store in this process, however many ask for it. */
export function quotaOf(store: Store): KeyQuota {
  const quota = quotas.get(store) ?? createQuota();
  quotas.set(store, quota);
  return quota;
}

interface Window {
  readonly since: Moment;
  readonly bytes: number;
  /** What the window before this one came to. */
  readonly before: number;
}

/** One window a name; the names that were added to least recently are forgotten first. */
class Windows {
  readonly #windows = new Map<string, Window>();
  readonly #namesMax: number;

  constructor(namesMax: number) {
    this.#namesMax = namesMax;
  }

  add(name: string, durationMs: number, now: Moment, bytes: number): void {
    const window = this.#at(name, durationMs, now);
    this.#windows.delete(name);
    this.#windows.set(name, { ...window, bytes: window.bytes + bytes });
    if (this.#windows.size > this.#namesMax) deleteOldest(this.#windows);
  }

  /** How long until less than `bytesMax` is counted; 0 where that is so now. */
  waitMs(name: string, durationMs: number, now: Moment, bytesMax: number): number {
    const { since, bytes, before } = this.#at(name, durationMs, now);
    const passed = Math.max(0, now - since) / durationMs;
    if (before * (1 - passed) + bytes < bytesMax) return 0;
    const part = bytes < bytesMax ? 1 - (bytesMax - bytes) / before : 2 - bytesMax / bytes;
    return Math.max(1, part * durationMs - (now - since));
  }

  #at(name: string, durationMs: number, now: Moment): Window {
    const window = this.#windows.get(name);
    if (window === undefined || now >= window.since + 2 * durationMs) return { since: now, bytes: 0, before: 0 };
    if (now < window.since + durationMs) return window;
    return { since: window.since + durationMs, bytes: 0, before: window.bytes };
  }
}

let warnedUntil = 0;

/** Told once in the time that keys are kept for: an attack would else be told a thousand times a second. */
function warnOfAnonymous(now: Moment, keepMs: number): void {
  if (now < warnedUntil) return;
  warnedUntil = now + keepMs;
  warn(
    "UNCLASH_ANONYMOUS_KEYS_FULL",
    "The answers that are kept by Idempotency-Key for callers that `identify` does not know take all the " +
      "room that they may: their new keys get 429. Look who sends them, or raise `idempotency.anonymousBytesMax`.",
  );
}
