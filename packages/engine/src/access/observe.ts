import { channel } from "node:diagnostics_channel";
import { isPromise } from "@unclash/core/options";
import type { Key } from "@unclash/core/store";
import { repeatedWarning } from "../options/warnings.js";

/** One request, as it was decided. */
export interface Decision {
  readonly method: string;
  /** `/articles/{id}` and the like; `undefined` for an unknown route. */
  readonly route: string | undefined;
  /** The resource that the path names; `undefined` where it names none, as in a POST. */
  readonly resource: Key | undefined;
  /** The actor's name; `undefined` for an anonymous one. */
  readonly actor: string | undefined;
  readonly status: number;
  /**
   * `ok`, `created`, `changed`, `unchanged`, `deleted`, `not-modified`, `dry-run`, `replayed` for an answer given
   * again, or a problem's slug.
   */
  readonly outcome: string;
  /** The strategy that settled or refused a stale write. */
  readonly strategy: string | undefined;
  /** How many times the write was tried; above 1, others wrote at the same time. */
  readonly attempts: number;
  readonly durationMs: number;
  /** What a guard that only reports would have answered; absent where it would have let the request pass. */
  readonly reported?: string;
}

/**
 * Is told of each decision, after it was made. What it throws, or rejects with, is a warning of the process
 * (`UNCLASH_OBSERVER_FAILED`), at most once a minute; clients are told nothing of it.
 */
export type Observer = (decision: Decision) => void;

/** The diagnostics channel on which every decision is published. */
export const decisionChannel = "unclash:decision";

const decisions = channel(decisionChannel);

/** Whether anyone wants to know: decisions are not even made into objects where nobody does. */
export function isObserved(observer: Observer | undefined): boolean {
  return observer !== undefined || decisions.hasSubscribers;
}

export function publish(observer: Observer | undefined, decision: Decision): void {
  if (decisions.hasSubscribers) decisions.publish(decision);
  if (observer === undefined) return;
  try {
    const result: unknown = observer(decision);
    if (isPromise(result)) result.then(undefined, warnOfObserver);
  } catch (error) {
    warnOfObserver(error);
  }
}

const warnOfObserver = repeatedWarning(
  "UNCLASH_OBSERVER_FAILED",
  (error) => `The function \`observe\` failed: ${String(error)}`,
);
