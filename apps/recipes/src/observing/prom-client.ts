import { Counter, Histogram, type Registry } from "prom-client";
import { type ConflictFacts, onDecision, type RequestDecision } from "unclash";

/**
 * Counts each decision of this process, until what it returns is called.
 *
 * @param fields the members by which conflicts are counted: any other counts as `other`, since clients choose names
 */
export function countDecisions(registry: Registry, fields: readonly string[]): () => void {
  const registers = [registry];
  const durations = new Histogram({
    name: "unclash_request_duration_seconds",
    help: "From a request's arrival to its decision.",
    labelNames: ["method", "route", "outcome"],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const conflicts = new Counter({
    name: "unclash_conflicts_total",
    help: "Writes that came too late, by the strategy that refused or settled them.",
    labelNames: ["route", "result", "strategy", "condition"],
    registers,
  });
  const touched = new Counter({
    name: "unclash_conflict_fields_total",
    help: "The fields that a write and the writes before it both changed.",
    labelNames: ["route", "field"],
    registers,
  });
  const behind = new Histogram({
    name: "unclash_conflict_versions_behind",
    help: "How many versions stale writes were behind.",
    labelNames: ["route"],
    buckets: [1, 2, 3, 5, 10, 100],
    registers,
  });
  const retries = new Counter({
    name: "unclash_retries_total",
    help: "Writes that were tried again, since others wrote at the same time.",
    labelNames: ["route"],
    registers,
  });

  const countConflict = (route: string, { result, strategy, condition, versionsBehind, fields }: ConflictFacts) => {
    conflicts.inc({ route, result, strategy, condition });
    if (versionsBehind !== undefined) behind.observe({ route }, versionsBehind);
    for (const field of new Set(fields?.map(nameOf))) touched.inc({ route, field });
  };
  /** The member of the resource that a JSON Pointer leads to or through: `tags` for `/tags/3`. */
  const nameOf = (pointer: string): string => {
    const name = pointer.split("/")[1]?.replaceAll("~1", "/").replaceAll("~0", "~") ?? "";
    return fields.includes(name) ? name : "other";
  };
  const count = ({ method, route = "none", outcome, durationMs, attempts, conflict }: RequestDecision): void => {
    durations.observe({ method, route, outcome }, durationMs / 1_000);
    if (attempts > 1) retries.inc({ route }, attempts - 1);
    if (conflict !== undefined) countConflict(route, conflict);
  };
  return onDecision((decision) => {
    if (decision.kind === "request") count(decision);
  });
}
