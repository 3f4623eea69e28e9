import type { Answered, Case, State, Violation } from "./history.js";
import { acknowledged, told } from "./outcome.js";

/** What answers told was there is in the history, to the letter; and a write that changed nothing told its base. */
export function checkObserved({ history: { resource, states }, operations, mayBeLost }: Case): Violation[] {
  const violations: Violation[] = [];
  const byVersion = new Map(states.map((state) => [state.version, state]));
  for (const operation of operations) {
    const { outcome, base, unchanged } = operation;
    if (outcome.kind !== "answered" || acknowledged(operation) !== undefined || mayBeLost(operation)) continue;
    const difference = differenceOf(outcome, byVersion);
    if (difference !== undefined) {
      violations.push({ kind: "never-was", resource, detail: `${told(operation)}: ${difference}` });
    }
    const told200 = unchanged && outcome.status < 300;
    if (told200 && base !== undefined && "etag" in base && base.etag !== outcome.etag) {
      violations.push({
        kind: "wrong-base",
        resource,
        detail: `${told(operation)} changed nothing, and got a new tag`,
      });
    }
  }
  return violations;
}

function differenceOf(
  { status, version, etag, body }: Answered,
  byVersion: ReadonlyMap<number, State>,
): string | undefined {
  if (version === undefined) return undefined;
  const state = byVersion.get(version);
  if (state === undefined) return `there is no version ${version}`;
  if (status === 410 && !state.deleted) return `version ${version} is no tombstone`;
  if (status !== 410 && state.etag !== etag) return `version ${version} has ${state.etag}`;
  return body === undefined || body === state.body ? undefined : `version ${version} is ${state.body}, and not ${body}`;
}
