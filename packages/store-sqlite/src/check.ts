import { type Clash, type Commit, type CommitView, clashesOf, type Moment } from "@unclash/core/store";
import type { Head } from "./head.js";
import { recordOf } from "./state.js";
import type { Tables } from "./tables.js";

/** What a commit would meet: nothing in its way, with the heads that it writes over, in the order of its writes. */
export type Check =
  | { readonly kind: "clear"; readonly heads: readonly (Head | undefined)[] }
  | { readonly kind: "clash"; readonly clashes: readonly Clash[] };

/**
 * Every reason not to carry out this commit at this moment. Writes nothing, so that a commit that clashes leaves its
 * group as it was.
 */
export function check(commit: Commit, tables: Tables, now: Moment): Check {
  const heads = commit.writes.map(({ key }) => tables.heads.get(key));
  const clashes = clashesOf(commit, heads, viewOf(tables), now);
  return clashes.length > 0 ? { kind: "clash", clashes } : { kind: "clear", heads };
}

function viewOf({ heads, log, ranges, claims }: Tables): CommitView<Head> {
  return {
    current: (key) => heads.get(key),
    version: (head, version) => (head.version === version ? head : log.get(head.id, version)),
    page: (range, now) => ranges.page(range, now).records,
    holders: (value, limit) => claims.holders(value, limit).map(({ key }) => key),
    recordOf: (head, now) => recordOf(head.key, head, null, now),
  };
}
