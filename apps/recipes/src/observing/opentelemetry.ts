import { type Attributes, metrics, trace } from "@opentelemetry/api";
import { onDecision, type RequestDecision } from "unclash";

/** Measures each decision of this process, and notes it on the span of its request, until what it returns is called. */
export function instrumentDecisions(): () => void {
  const meter = metrics.getMeter("unclash");
  const duration = meter.createHistogram("unclash.request.duration", {
    description: "From a request's arrival to its decision",
    unit: "s",
    advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
  });
  const conflicts = meter.createCounter("unclash.conflicts", { description: "Writes that came too late" });
  const versionsBehind = meter.createHistogram("unclash.conflict.versions_behind", {
    description: "How many versions stale writes were behind",
    unit: "{version}",
    advice: { explicitBucketBoundaries: [1, 2, 3, 5, 10, 100] },
  });
  const retries = meter.createCounter("unclash.retries", { description: "Writes tried again, since others wrote too" });

  return onDecision((decision) => {
    if (decision.kind !== "request") return;
    const { attempts, conflict, durationMs } = decision;
    const labels = labelsOf(decision);
    duration.record(durationMs / 1_000, { ...labels, "http.response.status_code": decision.status });
    if (attempts > 1) retries.add(attempts - 1, labels);
    if (conflict !== undefined) {
      const how = { ...labels, "unclash.strategy": conflict.strategy, "unclash.condition": conflict.condition };
      conflicts.add(1, how);
      if (conflict.versionsBehind !== undefined) versionsBehind.record(conflict.versionsBehind, labels);
    }
    trace.getActiveSpan()?.setAttributes({ ...labels, ...detailsOf(decision) });
  });
}

/** Attributes of few values: each of them makes a series of a metric. */
function labelsOf({ method, route, outcome }: RequestDecision): Attributes {
  return {
    "http.request.method": method,
    "unclash.outcome": outcome,
    ...(route !== undefined && { "http.route": route }),
  };
}

/** What only spans may hold: there is no end of it. */
function detailsOf({ resource, actor, attempts, conflict }: RequestDecision): Attributes {
  return {
    "unclash.attempts": attempts,
    ...(resource !== undefined && { "unclash.resource": resource }),
    ...(actor !== undefined && { "unclash.actor": actor }),
    ...(conflict?.fields !== undefined && { "unclash.conflict.fields": [...conflict.fields] }),
    ...(conflict?.versionsBehind !== undefined && { "unclash.conflict.versions_behind": conflict.versionsBehind }),
  };
}
