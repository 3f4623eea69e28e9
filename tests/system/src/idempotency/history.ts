import type { NoAnswer } from "../black-box/http-client.js";

/**
 * One request with an `Idempotency-Key`, and what came of it. Times are of one clock: that of the process with all the
 * clients.
 */
export interface Attempt {
  /** Counts all attempts of a run. */
  readonly number: number;
  /** Who sent it: a name, or `anonymous`. */
  readonly caller: string;
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  /** Such as `/notes/7`. */
  readonly path: string;
  readonly key: string;
  /** Content and `If-Match`, as one text: what a repeat must have alike. */
  readonly said: string;
  /** What the effect of this request, or of a repeat of it, can be found by. A deletion has none. */
  readonly mark?: string;
  /** Sent with `Prefer: dry-run`. */
  readonly dryRun: boolean;
  /** It went to a handler behind a guard, not to a collection. */
  readonly guarded: boolean;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** The network delivered it twice, and answered from one. */
  readonly duplicated?: true;
  readonly outcome: NoAnswer | KeyedAnswer;
}

export interface KeyedAnswer {
  readonly kind: "answered";
  readonly status: number;
  readonly etag?: string;
  readonly location?: string;
  /** Whether it says `Idempotency-Replayed: true`. */
  readonly replayed: boolean;
  readonly body: string;
}

/** What has become of a resource at the end. */
export interface FinalResource {
  /** Such as `/notes/7`. */
  readonly path: string;
  /** All states, the oldest first. */
  readonly states: readonly FinalState[];
}

export interface FinalState {
  readonly version: number;
  /** Of the request that made it. */
  readonly mark?: string;
  readonly deleted?: true;
}

/** All that the checker looks at. */
export interface KeyHistory {
  readonly attempts: readonly Attempt[];
  readonly resources: readonly FinalResource[];
  /** When processes were killed. */
  readonly killsAtMs: readonly number[];
}

/** One key in its scope, with all that was sent with it. */
export interface KeyCase {
  readonly scope: string;
  /** The first one first. */
  readonly attempts: readonly Attempt[];
}

export type KeyViolationKind =
  /** At the end a key still has no answer of its own. */
  | "stuck"
  /** A request was given up, though it could have been found out what became of it. */
  | "given-up"
  /** Two answers to one request are not the same. */
  | "answers-differ"
  /** Two different requests with one key were both answered. */
  | "two-owners"
  /** Two answers to one request both say that they are the first. */
  | "ran-twice"
  /** An answer says that it is an old one, and there was none before. */
  | "replay-of-nothing"
  /** 422 or 409 because of another request, and there is none. */
  | "refused-for-nothing"
  /** A request has had its effect more than once. */
  | "applied-twice"
  /** An acknowledged request has no effect. */
  | "lost-effect"
  /** A request that was refused, or only tried out, has had an effect. */
  | "effect-of-refused"
  /** A success that shows another's request, or another version. */
  | "wrong-content"
  /** A state that nobody asked for, or versions that are not 1, 2, 3, … */
  | "from-nowhere";

/** What is wrong with a history. */
export interface KeyViolation {
  readonly kind: KeyViolationKind;
  /** The key with its scope, or a path. */
  readonly about: string;
  readonly detail: string;
}
