import type { Expectation } from "./port.js";
import type { Moment, Tag } from "./record.js";

/** What expectations look at in a current state, as a store holds it. */
export interface ComparedState {
  readonly tag: Tag;
  /** `true` or 1 for a tombstone. */
  readonly deleted?: boolean | 0 | 1;
  readonly lapsesAt?: Moment | null;
}

/** Whether a state has lapsed at this moment. A tombstone never does. */
export function hasLapsed({ lapsesAt }: Pick<ComparedState, "lapsesAt">, now: Moment): boolean {
  return typeof lapsesAt === "number" && lapsesAt <= now;
}

/** Whether what is expected of a key holds for what is there at this moment. */
export function isMet(expect: Expectation, current: ComparedState | undefined, now: Moment): boolean {
  if (expect === "any") return true;
  if (expect === "absent") return current === undefined;
  if (current === undefined) return false;
  if (expect === "present") return isAlive(current, now);
  if ("tag" in expect) return current.tag === expect.tag && isAlive(current, now);
  if ("gone" in expect) return current.tag === expect.gone && isTombstone(current);
  return current.tag === expect.lapsed && hasLapsed(current, now);
}

/** Whether a state is a tombstone. */
export function isTombstone({ deleted }: Pick<ComparedState, "deleted">): boolean {
  return deleted === true || deleted === 1;
}

function isAlive(state: ComparedState, now: Moment): boolean {
  return !isTombstone(state) && !hasLapsed(state, now);
}
