import { member } from "../black-box/answer.js";
import type { Attempt, KeyedAnswer } from "./history.js";

/** An answer that is the request's own, and that a repeat is to get as well. */
export type Own = Attempt & { readonly outcome: KeyedAnswer };

/** Whether an attempt has the answer that its key is to have, of those that could count as such. */
export function isOwn(attempt: Attempt): attempt is Own {
  const { outcome } = attempt;
  return outcome.kind === "answered" && outcome.status < 500 && !isInProgress(attempt) && !isReused(attempt);
}

export function isAcknowledged(attempt: Attempt): attempt is Own {
  return isOwn(attempt) && attempt.outcome.status < 300;
}

/** 409: another request with this key runs. */
export function isInProgress(attempt: Attempt): boolean {
  return hasType(attempt, 409, "idempotency-in-progress");
}

/** 409: another request with this key was never answered, and nobody looks further. */
export function isGivenUp({ outcome, ...attempt }: Attempt): boolean {
  return isInProgress({ ...attempt, outcome }) && outcome.kind === "answered" && said(outcome, "outcome") === "unknown";
}

/** 422: the key came with another request. */
export function isReused(attempt: Attempt): boolean {
  return hasType(attempt, 422, "idempotency-key-reused");
}

/** Within what a key is one key. */
export function scopeOf({ caller, method, path, key }: Pick<Attempt, "caller" | "method" | "path" | "key">): string {
  return `${caller} ${method} ${path} ${key}`;
}

/** An attempt as the report of a violation names it. */
export function told({ number, dryRun, outcome }: Attempt): string {
  const kind = dryRun ? "dry run" : "attempt";
  if (outcome.kind !== "answered") return `${kind} ${number}: ${outcome.kind}`;
  const { status, etag, location, replayed, body } = outcome;
  return (
    `${kind} ${number}: ${status} ${etag ?? ""} ${location ?? ""}${replayed ? " replayed" : ""} ` +
    `${body.slice(0, 300)}`
  );
}

/** A member of an answer's content. */
export function said({ body }: KeyedAnswer, name: string): unknown {
  try {
    return member(JSON.parse(body), name);
  } catch {
    return undefined;
  }
}

function hasType({ outcome }: Attempt, status: number, slug: string): boolean {
  if (outcome.kind !== "answered" || outcome.status !== status) return false;
  return String(said(outcome, "type")).endsWith(`:${slug}`);
}
