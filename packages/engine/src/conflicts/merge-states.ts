import { ConfigurationError, type ProblemEntry } from "@unclash/core";
import { isJsonObject, type JsonObject, jsonEqual } from "@unclash/core/json";
import { type Clash, type MergeOptions, merge, type PreparedMerge, prepareMerge } from "@unclash/core/merge";

/** What a strategy has to look at: the fields of three states, in the shape that the app's functions know. */
export interface StaleStates {
  readonly base: JsonObject;
  readonly current: JsonObject;
  /** What the client wants; `null` for a deletion. */
  readonly proposed: JsonObject | null;
  /** Why it could not be written, whatever the state. @default nothing is known against it */
  readonly faults?: readonly ProblemEntry[];
}

/** Whether nothing is left to resolve, since the write wants what is there: it was sent twice, most likely. */
export function isThereAlready({ proposed, current }: Pick<StaleStates, "proposed" | "current">): boolean {
  return proposed !== null && jsonEqual(proposed, current);
}

/** How two changes of one state are merged: a collection's or guard's policies, and groups of fields. */
export interface MergingOptions {
  /**
   * What becomes of a place that both have changed, by a JSON Pointer in which `*` stands for any one segment:
   * `reject` (a conflict), `mine` (the late write's value), `theirs` (the current one), `union` (arrays as sets), `sum`
   * (numbers: both deltas apply), `text` (line by line), `max`, `min`, or a function. Pointers are in the names of
   * the newest API version.
   *
   * @default {}: every such place is a conflict
   * @example { "/tags": "union", "/items/*\/quantity": "sum" }
   */
  readonly policies?: NonNullable<MergeOptions["policies"]>;
  /** Places that only one of the two may have changed, such as an amount and its currency. @default [] */
  readonly together?: NonNullable<MergeOptions["together"]>;
}

/** The same, ready for use. */
export type MergeSettings = PreparedMerge;

/** @throws ConfigurationError that names the option that can't be */
export function resolveMerging(path: string, options: MergingOptions | undefined): MergeSettings {
  try {
    return prepareMerge(options ?? {});
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
    const [, option, problem = ""] = namedPart.exec(thrown.message) ?? [];
    throw option === undefined
      ? new ConfigurationError(path, thrown.message)
      : new ConfigurationError(`${path}.${option}`, problem);
  }
}

/** What core names of its options: `policies["/tags"]`, `together[0][1]`. */
const namedPart = /^((?:policies|together)(?:\[(?:"(?:\\.|[^"\\])*"|\d+)\])*) (.*)$/s;

/** The outcome of a merge. */
export type MergedStates =
  | { readonly kind: "clean"; readonly value: JsonObject }
  | { readonly kind: "clashes"; readonly clashes: readonly Clash[] };

/** Merges what a late write wants with what others have made of the state that it was made for. */
export function mergeStates({ base, current, proposed }: StaleStates, settings: MergeSettings): MergedStates {
  const { value, clashes } = merge(base, proposed, current, settings);
  if (clashes.length === 0 && isJsonObject(value)) return { kind: "clean", value };
  return { kind: "clashes", clashes };
}
