/** The three-way merge of JSON values: what two writers made of one state, in one value, and what of it clashes. */
export { type Clash, type Merge, merge } from "./merge/merge.js";
export { type MergeLimits, type MergeOptions, type PreparedMerge, prepareMerge } from "./merge/options.js";
export type { MergePolicy, MergeSides } from "./merge/policy.js";
