import type { Clash } from "@unclash/core/store";
import type { Lost } from "../commits/try-in-line.js";
import { isAppliedAnyway } from "../conflicts/settle.js";
import { isForAnyState } from "../preconditions/named-state.js";
import type { PlannedWrite } from "./planned-write.js";
import type { WriteRequest } from "./write-request.js";

/**
 * Whether a write waits right away where others wait for their turn: it is for whatever state there is, so that it
 * could only take the turn from them. One that names a state learns at once whether that is still there, one with a key
 * whether it was answered before, and what is only tried out takes no turn. Nor does a write of what is hidden from its
 * caller: to wait would tell that others change it.
 */
export function waitsBehindOthers({ method, conditions, keyed, preferences, hidden }: WriteRequest): boolean {
  return method !== "POST" && keyed === undefined && !preferences.dryRun && !hidden && isForAnyState(conditions);
}

/**
 * What a write does that has lost a race. It waits for its turn where it will be applied then: it is for whatever state
 * there is, or a strategy lets it through. A refusal or an earlier answer is what the others meet, at once.
 */
export function afterLostRace(
  { method, key, keyed, conditions, preferences, collection }: WriteRequest,
  { settled }: Pick<PlannedWrite, "settled">,
  clashes: readonly Clash[],
): Lost {
  const strategy = preferences.onConflict ?? collection.strategy;
  const isOn = (wanted: string): boolean =>
    clashes.some((clash) => "key" in clash && !("index" in clash) && clash.key === wanted);
  const isApplied = method !== "POST" && (settled !== undefined || isAppliedAnyway(conditions, strategy));
  const isAnswered = keyed !== undefined && (isOn(keyed.record.key) || isOn(keyed.record.former));
  return isApplied && isOn(key) && !isAnswered ? "line-up" : "retry";
}
