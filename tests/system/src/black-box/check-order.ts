import type { Writers } from "./check-writers.js";
import type { Case, Operation, Violation } from "./history.js";
import { acknowledged, told } from "./outcome.js";

interface Event {
  readonly operation: Operation;
  readonly version: number;
  readonly startedAtMs: number;
  /** Infinite for a write without an answer. */
  readonly endedAtMs: number;
  readonly wrote: boolean;
}

/**
 * Whether the operations on a resource can be put into one order that agrees with their times. Each names its version,
 * so that this holds exactly when, of any two of which one ended before the other began, the later has no lower
 * version, and a higher one if it wrote; and when nobody saw a state whose write had not begun.
 */
export function checkOrder(one: Case, writers: Writers): Violation[] {
  const { resource } = one.history;
  const events = eventsOf(one, writers);
  const violations: Violation[] = [];
  const ended = events.filter(({ endedAtMs }) => endedAtMs < Infinity).sort((a, b) => a.endedAtMs - b.endedAtMs);
  let next = 0;
  let newest: Event | undefined;
  for (const event of events.toSorted((a, b) => a.startedAtMs - b.startedAtMs)) {
    for (
      let before = ended[next];
      before !== undefined && before.endedAtMs < event.startedAtMs;
      before = ended[++next]
    ) {
      if (newest === undefined || before.version > newest.version) newest = before;
    }
    if (newest !== undefined && event.version < newest.version + (event.wrote ? 1 : 0)) {
      const detail =
        `${told(event.operation)} has version ${event.version}, after the end of ` + `${told(newest.operation)}`;
      violations.push({ kind: "out-of-order", resource, detail });
    }
    const writer = writers.get(event.version);
    if (writer !== undefined && writer.startedAtMs > event.endedAtMs) {
      const detail = `${told(event.operation)} has version ${event.version}, before the start of ${told(writer)}`;
      violations.push({ kind: "out-of-order", resource, detail });
    }
  }
  return violations;
}

function eventsOf({ operations, mayBeLost, history: { states } }: Case, writers: Writers): Event[] {
  const events: Event[] = [];
  const answered = new Set<Operation>();
  for (const operation of operations) {
    const { outcome, startedAtMs, endedAtMs } = operation;
    if (outcome.kind !== "answered" || outcome.version === undefined || mayBeLost(operation)) continue;
    const wrote = acknowledged(operation) !== undefined;
    if (wrote) answered.add(operation);
    events.push({ operation, version: outcome.version, startedAtMs, endedAtMs, wrote });
  }
  for (const { version } of states) {
    const operation = writers.get(version);
    if (operation === undefined || answered.has(operation) || mayBeLost(operation)) continue;
    const endedAtMs = acknowledged(operation) === undefined ? Infinity : operation.endedAtMs;
    events.push({ operation, version, startedAtMs: operation.startedAtMs, endedAtMs, wrote: true });
  }
  return events;
}
