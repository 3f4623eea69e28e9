import type { StreamPlan } from "@unclash/core";
import { dropPlan } from "./adapter/stream-plan.js";
import { isSafe } from "./http/methods.js";
import { describeRequest, type RequestFacts } from "./http/request.js";
import type { RequestLimits } from "./http/request-limits.js";
import { readPreferences } from "./preconditions/preferences.js";

/** What is looked at of the request that a stream answers. */
export interface Streaming {
  readonly request: RequestFacts;
  readonly header: (name: string) => string | undefined;
  readonly settings: { readonly requestLimits: RequestLimits };
}

/**
 * Holds a stream against the request that it answers: a write that is tried out, or whose answer is kept for its
 * repeats, has one whole answer, and a stream can be read only once. A route that streams to such a request is a fault
 * of unclash; the stream is ended.
 *
 * @throws TypeError that names the request
 */
export function checkStream({ request, header, settings }: Streaming, plan: StreamPlan): StreamPlan {
  if (isSafe(request.method)) return plan;
  const isKept = header("idempotency-key") !== undefined;
  if (!isKept && !readPreferences({ header, settings }, []).dryRun) return plan;
  dropPlan(plan, "failed");
  const what = isKept ? "its answer is to be kept for repeats" : "it is only tried out";
  throw new TypeError(`${describeRequest(request)} must not be answered with a stream: ${what}.`);
}
