import { assertNever, type Conditions, type EntityTag, evaluatePreconditions, formatEntityTag } from "@unclash/core";
import type { Exchange } from "../access/exchange.js";
import { type Refused, refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import { expectedState } from "./expected-state.js";

/** Whether a page of a list is to be sent, given the conditions of its request. */
export type PageVerdict = { readonly kind: "proceed" } | { readonly kind: "not-modified" } | Refused;

/** What is made for a read, and has an entity-tag of its own: a page of a list, or the difference of two states. */
export interface TaggedPage {
  readonly resource: string;
  readonly etag: EntityTag;
  /** What is said where it is not the one that the client wants. @default that of a list */
  readonly detail?: string;
}

/** Holds conditions against a page: 304 where the client has it, 412 where it wants another one. */
export function evaluatePage(
  exchange: Exchange,
  conditions: Conditions,
  { resource, etag, detail = sentences.listChanged }: TaggedPage,
): PageVerdict {
  const verdict = evaluatePreconditions(exchange.request.method, conditions, { kind: "present", etag });
  switch (verdict.kind) {
    case "proceed":
    case "not-modified":
      return verdict;
    case "failed": {
      const expected = expectedState(exchange, conditions, verdict.condition);
      const members = { resource, expected, current: { etag: formatEntityTag(etag) } };
      return refused("version-conflict", detail, { status: 412, members });
    }
    default:
      return assertNever(verdict);
  }
}
