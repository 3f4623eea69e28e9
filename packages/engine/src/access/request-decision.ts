import { METHODS } from "node:http";
import type { FailedCondition, ProblemSlug } from "@unclash/core";
import type { Key } from "@unclash/core/store";
import type { AnyDecision } from "../observing/observer.js";

/**
 * One request, as it was decided. `method`, `route`, `collection`, `apiVersion`, `status`, `outcome`, `problem` and
 * `reported` have few values, fit to be labels of metrics; `resource`, `actor` and `conflict.fields` have many, and are
 * for logs.
 */
export interface RequestDecision<Native = unknown> extends AnyDecision {
  readonly kind: "request";
  /** The framework's own request, as `identify` sees it: for the ids of requests and traces, say. */
  readonly native: Native;
  /** `_OTHER` for a method that Node does not know, as OpenTelemetry has it. */
  readonly method: string;
  /**
   * The pattern of the route: of a collection `/articles/{id}`, without what it is mounted under; of a guard the
   * framework's own, such as `/api/articles/:id`, or what the guard's `route` returns. `undefined` where there is none.
   */
  readonly route: string | undefined;
  /** The collection's name; `undefined` at a guard, and where the path names none. */
  readonly collection: string | undefined;
  /** The name of the API version that the request is in; `undefined` where the API has no versions, and at a guard. */
  readonly apiVersion: string | undefined;
  /** The resource that the path names; `undefined` where it names none, as in a POST. */
  readonly resource: Key | undefined;
  /** The actor's name; `undefined` for an anonymous one. */
  readonly actor: string | undefined;
  /** The response's; 499 where the client went away before there was one. */
  readonly status: number;
  /**
   * - of a read: `ok`, `not-modified`
   * - of a write to a collection: `created`, `changed`, `unchanged`, `deleted`, `dry-run`
   * - of a resolution: `resolved`, `dry-run`
   * - of either: `replayed` for an answer given again, `ok` for OPTIONS, or the problem's slug, as in `problem`
   * - at a guard: `passed` where its handler answered
   * - `unanswered` where the client went away before a guarded handler answered, or as its write waited for others
   */
  readonly outcome: string;
  /** The last part of the problem's `type`, where the request was refused. */
  readonly problem: ProblemSlug | undefined;
  /** How many times the write was tried; above 1, others wrote at the same time. */
  readonly attempts: number;
  /** Of a write that came too late. */
  readonly conflict: ConflictFacts | undefined;
  /** The outcome at a guard that only reports, had it decided; `undefined` where it would have let the request pass. */
  readonly reported: string | undefined;
  /** From the request's arrival to the decision, in milliseconds; at a guard to the end of the response. */
  readonly durationMs: number;
}

/** What is known of a write whose precondition failed, or that others were faster than. */
export interface ConflictFacts {
  /**
   * `settled`: a strategy let the write through, over the current state. `parked`: it was refused, and waits for
   * someone to resolve it.
   */
  readonly result: "refused" | "settled" | "parked";
  /** The strategy that decided: its name, or `function`. `reject` where none had a say. */
  readonly strategy: string;
  /** The condition that failed; `lost-race` where none did, and the guarded write found no row. */
  readonly condition: FailedCondition | "lost-race";
  /**
   * How many versions the write was behind. `undefined` where it named none that the resource could have had, and where
   * versions do not count writes, as timestamps.
   */
  readonly versionsBehind: number | undefined;
  /**
   * JSON Pointers of what others had changed and the write would change too. `undefined` where that was not compared:
   * the earlier state is not known, or a state is larger than 64 KiB; of a refusal, also where the caller may not see
   * it.
   */
  readonly fields: readonly string[] | undefined;
}

const knownMethods: ReadonlySet<string> = new Set(METHODS);

/** A method as a label: over HTTP/2 it may be any text. */
export function methodLabel(method: string): string {
  return knownMethods.has(method) ? method : "_OTHER";
}

/** How many versions a write is behind that names an earlier one; `undefined` where it names none, or a later one. */
export function versionsBetween(current: number | undefined, named: number | undefined): number | undefined {
  if (current === undefined || named === undefined || !(named <= current)) return undefined;
  return current - named;
}

/** How a response is decided that nobody gets; the status is that of nginx for it. */
export const unanswered = { status: 499, outcome: "unanswered" } as const;
