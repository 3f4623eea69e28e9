import { assertNever, type Conditions, type EntityTag, evaluatePreconditions, formatEntityTag } from "@unclash/core";
import type { Exchange } from "../access/exchange.js";
import { type Refused, refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import { expectedState } from "./expected-state.js";

/** Whether a page of a list is to be sent, given the conditions of its request. */
export type PageVerdict = { readonly kind: "proceed" } | { readonly kind: "not-modified" } | Refused;

/** Holds conditions against a page: 304 where the client has it, 412 where it wants another one. */
export function evaluatePage(
  exchange: Exchange,
  conditions: Conditions,
  { resource, etag }: { readonly resource: string; readonly etag: EntityTag },
): PageVerdict {
  const verdict = evaluatePreconditions(exchange.request.method, conditions, { kind: "present", etag });
  switch (verdict.kind) {
    case "proceed":
    case "not-modified":
      return verdict;
    case "failed": {
      const expected = expectedState(exchange, conditions, verdict.condition);
      const members = { resource, expected, current: { etag: formatEntityTag(etag) } };
      return refused("version-conflict", sentences.listChanged, { status: 412, members });
    }
    default:
      return assertNever(verdict);
  }
}
