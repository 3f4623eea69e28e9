import type { Expectation, Moment } from "@unclash/core";
import { hasLapsed, type State } from "./state.js";

/** Whether what is expected of a key holds for what is there at this moment. */
export function isMet(expect: Expectation, current: State | undefined, now: Moment): boolean {
  if (expect === "any") return true;
  if (expect === "absent") return current === undefined;
  if (current === undefined) return false;
  if (expect === "present") return isAlive(current, now);
  if ("tag" in expect) return current.tag === expect.tag && isAlive(current, now);
  if ("gone" in expect) return current.tag === expect.gone && current.deleted === 1;
  return current.tag === expect.lapsed && hasLapsed(current, now);
}

function isAlive(state: State, now: Moment): boolean {
  return state.deleted === 0 && !hasLapsed(state, now);
}
