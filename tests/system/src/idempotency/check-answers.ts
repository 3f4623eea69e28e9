import { isGivenUp, isInProgress, isOwn, isReused, type Own, told } from "./answers.js";
import type { Attempt, KeyCase, KeyViolation, KeyViolationKind } from "./history.js";

/**
 * The answers to one key by themselves: all the same, the first of them new, the others marked as old; and there is
 * one.
 */
export function checkAnswers({ scope, attempts }: KeyCase): readonly KeyViolation[] {
  const violations: KeyViolation[] = [];
  const add = (kind: KeyViolationKind, ...about: readonly Attempt[]): void =>
    void violations.push({ kind, about: scope, detail: about.map(told).join("; ") });
  const owns = attempts.filter(isOwn).filter(isBinding);
  const [owner, ...others] = owns;
  const real = attempts.filter(({ dryRun }) => !dryRun);
  if (owner === undefined && real.length > 0) add("stuck", ...real.slice(-1));

  for (const other of others) {
    if (owner === undefined) break;
    if (other.said !== owner.said) add("two-owners", owner, other);
    else if (!isAlike(owner, other)) add("answers-differ", owner, other);
  }
  const firsts = owns.filter(({ outcome }) => !outcome.replayed);
  if (firsts.length > 1) add("ran-twice", ...firsts);

  for (const attempt of attempts) {
    const before = attempts.filter((other) => other !== attempt && other.startedAtMs < attempt.endedAtMs);
    const wasSentBefore = before.some(({ said, dryRun }) => said === attempt.said && !dryRun);
    const isReplay = attempt.outcome.kind === "answered" && attempt.outcome.replayed;
    if (isReplay && !wasSentBefore && attempt.duplicated === undefined) add("replay-of-nothing", attempt);
    if (isReplay && !isOwn(attempt)) add("replay-of-nothing", attempt);
    if (isGivenUp(attempt)) add("given-up", attempt);
    if (isInProgress(attempt) && before.length === 0 && attempt.duplicated === undefined)
      add("refused-for-nothing", attempt);
    if (isReused(attempt) && before.every(({ said }) => said === attempt.said)) add("refused-for-nothing", attempt);
  }
  return violations;
}

/** What a dry run answers of its own is nobody else's answer. */
function isBinding({ dryRun, outcome }: Own): boolean {
  return !dryRun || outcome.replayed;
}

/** Byte for byte. */
function isAlike({ outcome: one }: Own, { outcome: other }: Own): boolean {
  const { status, etag, location, body } = one;
  return status === other.status && etag === other.etag && location === other.location && body === other.body;
}
