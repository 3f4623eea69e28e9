/** The members of a representation besides `id` and `version`. */
export type Fields = Readonly<Record<string, unknown>>;

/** One request of one client, and what came of it. Times are of one clock: that of the process with all the clients. */
export interface Operation {
  /** Counts all operations of a run. */
  readonly number: number;
  readonly client: number;
  /** Before the first byte was sent. */
  readonly startedAtMs: number;
  /** After the last byte of the answer was there, or after it was given up. */
  readonly endedAtMs: number;
  readonly method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE";
  /** Such as `articles/7`. */
  readonly resource: string;
  /** The state that a write named as the one to replace. A write without it makes what is not there. */
  readonly base?: Base;
  /** What a write sent, without `id` and `version`. */
  readonly sent?: Fields;
  /** What no other write has sent: the state that holds it is this write's. */
  readonly marker?: string;
  /** The write sent what it believed to be there already, and so has no marker of its own. */
  readonly unchanged?: true;
  /** The network delivered the request twice, and answered from either. */
  readonly duplicated?: true;
  readonly outcome: Outcome;
}

export type Base = { readonly etag: string } | { readonly version: number };

export type Outcome =
  | Answered
  /** A time-out, a cut connection, a 5xx: applied once or not at all. */
  | { readonly kind: "unknown"; readonly why: string }
  /** Nobody took the connection. */
  | { readonly kind: "not-sent" };

/** An answer that tells what happened. A 503 does where it says that nothing was applied. */
export interface Answered {
  readonly kind: "answered";
  readonly status: number;
  /** What the answer says is current: after the write, at the time of the reading, or in place of what was expected. */
  readonly version?: number;
  readonly etag?: string;
  /** The representation as text. */
  readonly body?: string;
}

/** One state of a resource, as its history tells it at the end. */
export interface State {
  readonly version: number;
  /** A tombstone has none. */
  readonly etag?: string;
  readonly deleted: boolean;
  /** The representation as text; a tombstone has none. */
  readonly body?: string;
  readonly marker?: string;
  readonly modifiedAtMs: number;
}

/** What is to be read of a resource at the end. */
export interface ResourceHistory {
  readonly resource: string;
  /** The oldest first. */
  readonly states: readonly State[];
  /** What a GET answers; absent where nothing was ever there. */
  readonly current?: { readonly version: number; readonly etag?: string; readonly body?: string };
}

/** All that the checker looks at. */
export interface History {
  readonly operations: readonly Operation[];
  readonly resources: readonly ResourceHistory[];
}

/** One resource, with all that was done to it. */
export interface Case {
  readonly history: ResourceHistory;
  readonly operations: readonly Operation[];
  /**
   * Whether acknowledged writes and observations may be gone: those of operations that began before a lossy failover.
   */
  readonly mayBeLost: (operation: Operation) => boolean;
}

/** What is wrong with a history. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly resource: string;
  readonly detail: string;
}

/** What is wrong with a history, and what is missing from it by right. */
export interface Verdict {
  readonly violations: readonly Violation[];
  /** Acknowledged writes that are gone and were allowed to be. */
  readonly lost: readonly Operation[];
}

export type ViolationKind =
  /** The versions of the history are not 1, 2, 3, …, or its times fall. */
  | "broken-history"
  /** GET tells another current state than the history. */
  | "current-differs"
  /** One entity-tag named two contents or two versions. */
  | "tag-reused"
  /** An acknowledged write is not in the history. */
  | "lost-update"
  /** A state is not what its write should have made. */
  | "wrong-content"
  /** A write was accepted over another state than the one it named. */
  | "wrong-base"
  /** Two acknowledged writes replaced the same state. */
  | "shared-base"
  /** An answer told a state that never was. */
  | "never-was"
  /** An answer is older than what was known before its request, or newer than what had begun before its end. */
  | "out-of-order"
  /** A refused write, or one that nobody took, is in the history. */
  | "refused-with-effect"
  /** One write is in the history more than once. */
  | "applied-twice"
  /** A state that nobody wrote. */
  | "from-nowhere";
