import { member } from "../black-box/answer.js";
import type { Outcome } from "../black-box/history.js";
import { type Append, type MarkHistory, marksIn, newName, type Reading, withMark } from "./marks.js";

export type MarkViolationKind =
  /** An acknowledged mark is not there. */
  | "lost-update"
  /** A mark is there more than once. */
  | "applied-twice"
  /** A mark is there that was refused, or that nobody took. */
  | "refused-with-effect"
  /** A mark that nobody sent. */
  | "from-nowhere"
  /** The versions did not grow by one with each mark. */
  | "version-gap"
  /** Two acknowledged marks replaced the same state. */
  | "shared-base"
  /** An answer told a state that never was. */
  | "never-was";

export interface MarkViolation {
  readonly kind: MarkViolationKind;
  readonly customer: string;
  readonly detail: string;
}

/** Looks for everything that must never happen to customers whose names many clients append to. */
export function checkMarks(history: MarkHistory): readonly MarkViolation[] {
  return history.finals.flatMap((final) => {
    const isIts = ({ customer }: { readonly customer: string }): boolean => customer === final.customer;
    return checkCustomer(final, history.appends.filter(isIts), history.readings.filter(isIts));
  });
}

/** The answer to an append that was carried out. */
export function isAcknowledged(outcome: Outcome): boolean {
  return outcome.kind === "answered" && outcome.status < 300;
}

/** Whether an answer says that an append had no effect. */
export function isRefused(outcome: Outcome): boolean {
  return outcome.kind === "answered" && outcome.status >= 400;
}

function checkCustomer(final: Reading, appends: readonly Append[], readings: readonly Reading[]): MarkViolation[] {
  const { customer } = final;
  const violations: MarkViolation[] = [];
  const add = (kind: MarkViolationKind, detail: string): void => void violations.push({ kind, customer, detail });
  const marks = marksIn(final.name);
  if (final.version !== marks.length + 1) add("version-gap", `${marks.length} marks, and version ${final.version}`);

  const sent = new Map(appends.map((append) => [append.mark, append]));
  const counts = new Map<string, number>();
  for (const mark of marks) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  for (const [mark, count] of counts) {
    const append = sent.get(mark);
    if (count > 1) add("applied-twice", `${mark} is there ${count} times`);
    if (append === undefined) add("from-nowhere", `nobody sent ${mark}`);
    else if (append.outcome.kind === "not-sent" || isRefused(append.outcome)) add("refused-with-effect", told(append));
  }

  const bases = new Map<string, Append>();
  const names = namesOf(marks);
  for (const append of appends) {
    if (append.outcome.kind !== "answered" || append.outcome.status >= 300) continue;
    const other = bases.get(append.base);
    if (other !== undefined) add("shared-base", `${told(append)} and ${told(other)}`);
    bases.set(append.base, append);
    const { version, body } = append.outcome;
    if (!counts.has(append.mark)) add("lost-update", told(append));
    else if (version === undefined || names[version - 1] !== nameIn(body)) add("never-was", told(append));
    else if (marks[version - 2] !== append.mark) add("version-gap", `${told(append)} is not at its place`);
  }
  for (const { version, name } of readings) {
    if (names[version - 1] !== name) add("never-was", `GET told version ${version}: ${name.slice(-60)}`);
  }
  return violations;
}

/** The names that there have been, by version. */
function namesOf(marks: readonly string[]): readonly string[] {
  const names = [newName];
  for (const mark of marks) names.push(withMark(names.at(-1) ?? newName, mark));
  return names;
}

function nameIn(body: string | undefined): unknown {
  return member(JSON.parse(body ?? "null"), "name");
}

function told({ mark, client, base, outcome }: Append): string {
  const end = outcome.kind === "answered" ? `${outcome.status}, version ${outcome.version}` : outcome.kind;
  return `${mark} of client ${client} over ${base} (${end})`;
}
