import { isAcknowledged, said, told } from "./answers.js";
import type { Attempt, FinalState, KeyCase, KeyHistory, KeyViolation, KeyViolationKind } from "./history.js";

/** How long a request may run that the network delivered a second time, or whose client has gone. */
const lateMs = 2_000;

/** What the requests with one key have made: one state where it was acknowledged, else nothing. */
export function checkEffects(
  { scope, attempts }: KeyCase,
  effects: ReadonlyMap<string, readonly FinalState[]>,
  killsAtMs: readonly number[],
): readonly KeyViolation[] {
  const violations: KeyViolation[] = [];
  const add = (kind: KeyViolationKind, detail: string): void => void violations.push({ kind, about: scope, detail });
  const acknowledgement = attempts.find((attempt) => isAcknowledged(attempt) && !isTrial(attempt));
  const marks = new Set(attempts.flatMap(({ mark }) => mark ?? []));
  for (const mark of marks) {
    const states = effects.get(mark) ?? [];
    const [state] = states;
    const isOwner = acknowledgement?.mark === mark;
    if (states.length > 1) add("applied-twice", `${mark} made ${states.length} states`);
    if (isOwner && state === undefined) add("lost-effect", told(acknowledgement));
    if (isOwner && state !== undefined && versionIn(acknowledgement) !== state.version)
      add("wrong-content", `${told(acknowledgement)}, and ${mark} made version ${state.version}`);
    const itsAttempts = attempts.filter((attempt) => attempt.mark === mark);
    if (!isOwner && state !== undefined && !mayHaveDied(itsAttempts, killsAtMs))
      add("effect-of-refused", `${mark} made version ${state.version}: ${itsAttempts.map(told).join("; ")}`);
  }
  for (const attempt of attempts.filter(isAcknowledged)) {
    const { mark, outcome } = attempt;
    if (mark !== undefined && !outcome.body.includes(mark)) add("wrong-content", `${told(attempt)} without ${mark}`);
  }
  return violations;
}

/**
 * The resources by themselves: versions without gaps, states that someone asked for, and as many deletions as
 * acknowledged.
 */
export function checkResources({ attempts, resources, killsAtMs }: KeyHistory, cases: readonly KeyCase[]) {
  const violations: KeyViolation[] = [];
  const sent = new Set(attempts.flatMap(({ mark }) => mark ?? []));
  for (const { path, states } of resources) {
    const add = (kind: KeyViolationKind, detail: string): void => void violations.push({ kind, about: path, detail });
    states.forEach(({ version, mark }, index) => {
      if (version !== index + 1) add("from-nowhere", `version ${version} stands where ${index + 1} should be`);
      if (mark !== undefined && !sent.has(mark)) add("from-nowhere", `nobody sent ${mark}`);
    });
    const deletions = cases
      .filter(({ attempts: [first] }) => first?.method === "DELETE" && first.path === path)
      .map(({ attempts: all }) => all.filter((attempt) => !isTrial(attempt)));
    const acknowledged = deletions.filter((all) => all.some(isAcknowledged)).length;
    const unclear = deletions.filter((all) => !all.some(isAcknowledged) && mayHaveDied(all, killsAtMs)).length;
    const happened = states.filter(({ deleted }) => deleted).length;
    const told = `${happened} deletions, ${acknowledged} acknowledged, ${unclear} unclear`;
    if (happened < acknowledged) add("lost-effect", told);
    if (happened > acknowledged + unclear) add("applied-twice", told);
  }
  return violations;
}

/** A dry run that was carried out as one, and not answered with what is kept. */
function isTrial({ dryRun, outcome }: Attempt): boolean {
  return dryRun && !(outcome.kind === "answered" && outcome.replayed);
}

/**
 * Whether a handler behind a guard may have died between its effect and its answer. It runs again then, and is told
 * that the state which it names is not the current one any more: its own write has replaced it. Nowhere else may this
 * be.
 */
function mayHaveDied(attempts: readonly Attempt[], killsAtMs: readonly number[]): boolean {
  return attempts.some((attempt) => {
    const { guarded, dryRun, duplicated, startedAtMs, endedAtMs, outcome } = attempt;
    if (!guarded || dryRun || (outcome.kind !== "unknown" && !duplicated)) return false;
    return killsAtMs.some((atMs) => atMs >= startedAtMs && atMs <= endedAtMs + lateMs);
  });
}

function versionIn({ outcome }: Attempt): unknown {
  return outcome.kind === "answered" ? said(outcome, "version") : undefined;
}
