import { scopeOf } from "./answers.js";
import { checkAnswers } from "./check-answers.js";
import { checkEffects, checkResources } from "./check-effects.js";
import type { Attempt, FinalState, KeyCase, KeyHistory, KeyViolation } from "./history.js";

/** Looks for everything in a history that must not happen to requests with a key. */
export function checkKeys(history: KeyHistory): readonly KeyViolation[] {
  const cases = casesOf(history.attempts);
  const effects = effectsOf(history);
  return [
    ...cases.flatMap((one) => [...checkAnswers(one), ...checkEffects(one, effects, history.killsAtMs)]),
    ...checkResources(history, cases),
  ];
}

/** The keys of a history. */
export function casesOf(attempts: readonly Attempt[]): readonly KeyCase[] {
  const byScope = new Map<string, Attempt[]>();
  for (const attempt of attempts.toSorted((a, b) => a.startedAtMs - b.startedAtMs)) {
    const scope = scopeOf(attempt);
    const known = byScope.get(scope);
    if (known === undefined) byScope.set(scope, [attempt]);
    else known.push(attempt);
  }
  return [...byScope].map(([scope, all]) => ({ scope, attempts: all }));
}

/** The states that each mark has made. */
function effectsOf({ resources }: KeyHistory): ReadonlyMap<string, readonly FinalState[]> {
  const effects = new Map<string, FinalState[]>();
  for (const state of resources.flatMap(({ states }) => states)) {
    if (state.mark === undefined) continue;
    const known = effects.get(state.mark);
    if (known === undefined) effects.set(state.mark, [state]);
    else known.push(state);
  }
  return effects;
}
