import { assertNever } from "@unclash/core";
import type { Expectation, Moment, StoredRecord } from "@unclash/core/store";
import { type Refused, refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import { type KeptAnswer, type KeyRecord, readRecord } from "./record.js";

/** What a request with a key may do, by what is known of the key. */
export type KeyVerdict =
  /** Nothing is known: it may run. Whatever is put in the record's place expects this. */
  | { readonly kind: "unused"; readonly expect: Expectation }
  | { readonly kind: "answered"; readonly answer: KeptAnswer }
  /** The key came with another request before. */
  | { readonly kind: "reused" }
  | { readonly kind: "running" }
  /**
   * It ran, and failed, or whoever ran it is gone: its outcome is unknown. `expect` is for who runs it once
   * more.
   */
  | { readonly kind: "abandoned"; readonly expect: Expectation };

/**
 * Judges a key by its record, both as they were read in one snapshot. What has lapsed is as if it had never been, but
 * for what an earlier release has left of a request that was still running.
 *
 * @throws StoreError where the record can't be read
 */
export function evaluateKey(found: StoredRecord | undefined, now: Moment, fingerprint: string): KeyVerdict {
  if (found === undefined) return { kind: "unused", expect: "absent" };
  if (found.deleted) return { kind: "unused", expect: { gone: found.tag } };
  const record = readRecord(found.text);
  if (found.lapsed && isForgettable(record, found, now)) return { kind: "unused", expect: { lapsed: found.tag } };
  if (record.fingerprint !== fingerprint) return { kind: "reused" };
  if (record.state === "answered") return { kind: "answered", answer: record.answer };
  if (record.state === "unanswered") return { kind: "abandoned", expect: { tag: found.tag } };
  if (found.lapsed) return { kind: "abandoned", expect: { lapsed: found.tag } };
  const leaseEndsAt = (found.lapsesAt ?? Number.POSITIVE_INFINITY) - (record.graceMs ?? 0);
  return leaseEndsAt <= now ? { kind: "abandoned", expect: { tag: found.tag } } : { kind: "running" };
}

/** Whether nothing is asked any more of a record that has lapsed. */
export function isForgettable(record: KeyRecord, { modifiedAt }: StoredRecord, now: Moment): boolean {
  return record.state !== "running" || record.graceMs !== undefined || modifiedAt + record.keepMs <= now;
}

/** 429: what is kept for this caller takes all the room that it may. */
export function quotaRefusal(retryAfterSeconds: number): Refused {
  return refused("quota-exceeded", sentences.keyQuota, {
    members: { "violated-policies": ["idempotency-keys"] },
    headers: { "retry-after": String(retryAfterSeconds) },
  });
}

/** Why a key does not let its request run: 422, or 409. */
export function keyRefusal({ kind }: KeyVerdict & { readonly kind: "reused" | "running" | "abandoned" }): Refused {
  switch (kind) {
    case "reused":
      return refused("idempotency-key-reused", sentences.keyReused);
    case "running":
      return refused("idempotency-in-progress", sentences.keyInProgress, { headers: { "retry-after": "1" } });
    case "abandoned":
      return refused("idempotency-in-progress", sentences.keyAbandoned, { members: { outcome: "unknown" } });
    default:
      return assertNever(kind);
  }
}

/**
 * An answer given again: a `ResponsePlan`, but that a guard's answers may also hold bytes, and headers of several
 * lines.
 */
export interface ReplayedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array | null;
  readonly outcome: "replayed";
}

/** The first answer once more, marked as such. One whose content was not kept says nothing of any. */
export function replayedAnswer({ status, headers, body, withoutBody }: KeptAnswer): ReplayedAnswer {
  const fields = Object.entries(headers).filter(([name]) => withoutBody !== true || !aboutContent.has(name));
  const replayed = [["idempotency-replayed", "true"], ...(withoutBody === true ? [["content-length", "0"]] : [])];
  return { status, headers: Object.fromEntries([...fields, ...replayed]), body, outcome: "replayed" };
}

/** The headers of other content. */
export function withLength<Fields extends KeptAnswer["headers"]>(
  headers: Fields,
  content: string | Uint8Array,
): Fields & { readonly "content-length": string } {
  return { ...headers, "content-length": String(Buffer.byteLength(content)) };
}

const aboutContent: ReadonlySet<string> = new Set([
  ...["content-length", "content-type", "content-encoding", "content-location", "content-language", "content-range"],
]);
