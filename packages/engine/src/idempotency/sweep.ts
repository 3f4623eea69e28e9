import type { Moment, Snapshot, Store, StoredRecord } from "@unclash/core/store";
import { createTag } from "../commits/commit-tag.js";
import { readRecord } from "./record.js";
import { recordPrefix } from "./scope.js";

/** The cause of a commit that puts the record of a running request. Records of answers have any other. */
export const claimCause = "claim";

/** What happens now and then in the background, as long as requests with keys come. */
export interface Sweep {
  /** Tells of a request with a key, at this moment of the store's. It returns at once, and never throws. */
  due(now: Moment): void;
}

/** A look for what has lapsed, at most this often where the last one found little. */
const pauseMs = 60_000;
const pageMax = 200;

/**
 * Forgets the records of keys that nothing is asked of any more, so that they do not pile up; a housekeeper that knows
 * all kinds of records can take its place. One sweep is a page of lapsed records and a commit or two, and the next one
 * goes on behind that page: what may not be forgotten yet, however much of it there is, is passed by. There is one a
 * minute, and where that leaves some over, one for every 100 requests as well: more are forgotten than come. Each is
 * forgotten only as it was read, lapsed: that another process sweeps too, or uses the key again meanwhile, makes this
 * one miss it.
 */
export function createSweep(store: Store): Sweep {
  let sweptAt: Moment | undefined;
  let running = false;
  /** Where the last page ended; nothing where it was the last one. */
  let after: string | undefined;
  let requests = 0;

  function isDue(now: Moment): boolean {
    // A clock that stepped back must not keep anything from happening until it is where it was.
    const paused = sweptAt !== undefined && now >= sweptAt && now < sweptAt + pauseMs;
    return !running && (!paused || (after !== undefined && requests >= pageMax / 2));
  }

  return {
    due(now) {
      requests += 1;
      if (!isDue(now)) return;
      [running, sweptAt, requests] = [true, now, 0];
      forgetLapsed(store, now, after).then(
        (next) => {
          [running, after] = [false, next];
        },
        () => {
          // The next sweep finds them again. What the store is missing, requests are told by themselves.
          [running, after] = [false, undefined];
        },
      );
    },
  };
}

const sweeps = new WeakMap<Store, Sweep>();

/** The one sweep of a store in this process, however many ask for it. */
export function sweepOf(store: Store): Sweep {
  const known = sweeps.get(store) ?? createSweep(store);
  sweeps.set(store, known);
  return known;
}

/** Forgets what it may of a page of lapsed records, and gives where the next one begins. */
async function forgetLapsed(store: Store, now: Moment, after: string | undefined): Promise<string | undefined> {
  const page = { lapsedBefore: now, limit: pageMax, texts: false, ...(after !== undefined && { after }) };
  const { records, next } = await store.list(page);
  const keys = records.filter(({ key }) => key.startsWith(recordPrefix));
  const claims = keys.filter(({ cause }) => cause === claimCause);
  const answers = keys.filter(({ cause }) => cause !== claimCause);
  await forget(store, now, [...answers, ...(await forgettable(store, claims))]);
  return next;
}

/** What began and was never answered is remembered for as long as an answer would have been. */
async function forgettable(store: Store, claims: readonly StoredRecord[]): Promise<readonly StoredRecord[]> {
  if (claims.length === 0) return [];
  const snapshot = await store.read(claims.map(({ key }) => key));
  return snapshot.records.flatMap((found) => (found !== undefined && isForgettable(found, snapshot) ? found : []));
}

function isForgettable(found: StoredRecord, { now }: Snapshot): boolean {
  if (found.lapsed !== true) return false;
  try {
    const record = readRecord(found.text);
    return record.state !== "running" || found.modifiedAt + record.keepMs <= now;
  } catch {
    // A newer release may have written it: that one forgets it.
    return false;
  }
}

/** Forgets all of them, or, where some are not as they were any more, the others. */
async function forget(store: Store, at: Moment, records: readonly StoredRecord[]): Promise<void> {
  if (records.length === 0) return;
  const writes = records.map(({ key, tag }) => ({ key, expect: { lapsed: tag }, delete: "forget" }) as const);
  const result = await store.commit({ tag: createTag(), at, reads: [], writes, events: [], by: null, cause: "sweep" });
  if (result.kind === "committed") return;
  const changed = new Set(result.clashes.map((clash) => ("key" in clash ? clash.key : undefined)));
  const rest = records.filter(({ key }) => !changed.has(key));
  if (rest.length < records.length) await forget(store, at, rest);
}
