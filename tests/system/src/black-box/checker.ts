import { checkAcknowledged, checkBases } from "./check-acknowledged.js";
import { checkHistory, checkTags } from "./check-history.js";
import { checkObserved } from "./check-observed.js";
import { checkOrder } from "./check-order.js";
import { checkWriters, writersOf } from "./check-writers.js";
import type { Case, History, Operation, Verdict } from "./history.js";

/**
 * Looks for everything in a history that a store must never do. Linearizability comes down to an order of times, since
 * each answer names the version that it saw: see `checkOrder`.
 *
 * `lossyUntilMs` is the moment from which a failover that may lose writes was over: what began earlier may be gone.
 */
export function check(history: History, { lossyUntilMs = 0 }: { readonly lossyUntilMs?: number } = {}): Verdict {
  const byResource = new Map(history.resources.map(({ resource }) => [resource, [] as Operation[]]));
  for (const operation of history.operations) byResource.get(operation.resource)?.push(operation);
  const mayBeLost = ({ startedAtMs }: Operation): boolean => startedAtMs < lossyUntilMs;
  const verdicts = history.resources.map((resource) =>
    checkCase({ history: resource, operations: byResource.get(resource.resource) ?? [], mayBeLost }),
  );
  return {
    violations: verdicts.flatMap(({ violations }) => violations),
    lost: verdicts.flatMap(({ lost }) => lost),
  };
}

function checkCase(one: Case): Verdict {
  const writers = writersOf(one);
  const { violations, lost } = checkAcknowledged(one);
  return {
    violations: [
      ...checkHistory(one),
      ...checkTags(one),
      ...violations,
      ...checkBases(one, writers),
      ...checkWriters(one, writers),
      ...checkObserved(one),
      ...checkOrder(one, writers),
    ],
    lost,
  };
}
