import type { Outcome } from "../black-box/history.js";

/** One attempt to append a mark to a customer's name, over the state that was read before. */
export interface Append {
  readonly customer: string;
  /** What no other append has: letters and digits. */
  readonly mark: string;
  readonly client: number;
  /** The entity-tag that it named in `If-Match`. */
  readonly base: string;
  readonly outcome: Outcome;
}

/** What a GET told of a customer. */
export interface Reading {
  readonly customer: string;
  readonly version: number;
  readonly name: string;
}

/**
 * All that was done to some customers, and what is there at the end. They were new when it began: version 1, no marks.
 */
export interface MarkHistory {
  readonly appends: readonly Append[];
  readonly readings: readonly Reading[];
  readonly finals: readonly Reading[];
}

/** A name without marks. */
export const newName = "new";

/** The name with one more mark. A name is the log of its own changes: the nth mark made version n + 1. */
export function withMark(name: string, mark: string): string {
  return `${name} ${mark}`;
}

/** The marks in a name, the first one first. */
export function marksIn(name: string): readonly string[] {
  return name.split(" ").slice(1);
}
