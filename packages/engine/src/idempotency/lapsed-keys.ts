import type { StoredRecord } from "@unclash/core/store";
import { internalRecords } from "../commits/internal-records.js";
import { type Ending, forgotten, type LapsedKind, type LapsedView } from "../commits/lapsed-kinds.js";
import { readRecord } from "./record.js";
import { formerPrefix } from "./record-keys.js";
import { isForgettable } from "./replay.js";

/** The records of idempotency keys: nothing is asked of them any more once they have lapsed. */
export const lapsedKeys: LapsedKind = {
  name: "idempotency-keys",
  prefix: internalRecords.idempotency.prefix,
  endingsOf: (records) => records.map(forgotten),
};

/** The cause of a commit by which an earlier release has claimed a key. Those of today have another. */
export const formerClaimCause = "claim";

/** The same, where earlier releases keep them. */
export const formerLapsedKeys: LapsedKind = {
  name: "idempotency",
  prefix: formerPrefix,
  async endingsOf(records, view) {
    const claims = records.filter(({ cause }) => cause === formerClaimCause);
    const others = records.filter(({ cause }) => cause !== formerClaimCause);
    return [...others.map(forgotten), ...(await endingsOfClaims(claims, view))];
  },
};

/**
 * An earlier release lets the claim of a request lapse as soon as its process has died, and needs it for as long as an
 * answer would have been kept.
 */
async function endingsOfClaims(claims: readonly StoredRecord[], { store }: LapsedView): Promise<readonly Ending[]> {
  if (claims.length === 0) return [];
  const { now, records } = await store.read(claims.map(({ key }) => key));
  return records.flatMap((found) => (found?.lapsed && isUnneeded(found, now) ? forgotten(found) : []));
}

function isUnneeded(found: StoredRecord, now: number): boolean {
  try {
    return isForgettable(readRecord(found.text), found, now);
  } catch {
    // A newer release may have written it: that one forgets it.
    return false;
  }
}
