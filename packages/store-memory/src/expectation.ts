import type { Expectation, Moment, StoredRecord } from "@unclash/core";
import { hasLapsed } from "./entry.js";

/** Whether what is expected of a key holds for what is there at this moment. */
export function isMet(expect: Expectation, current: StoredRecord | undefined, now: Moment): boolean {
  if (expect === "any") return true;
  if (expect === "absent") return current === undefined;
  if (current === undefined) return false;
  if (expect === "present") return isAlive(current, now);
  if ("tag" in expect) return current.tag === expect.tag && isAlive(current, now);
  if ("gone" in expect) return current.tag === expect.gone && current.deleted === true;
  return current.tag === expect.lapsed && hasLapsed(current, now);
}

function isAlive(record: StoredRecord, now: Moment): boolean {
  return record.deleted !== true && !hasLapsed(record, now);
}
