import { isStreamPlan, type ResponseEnd, type ResponsePlan, type StreamPlan } from "@unclash/core";
import { endOf, warnOfEnd } from "./response-end.js";

/**
 * A plan as it is sent. A stream says that nothing on the way may collect or compress it; where the response has no
 * content (RFC 9110 §6.4.1), it ends unread.
 */
export function preparePlan(plan: ResponsePlan | StreamPlan, method: string | undefined): ResponsePlan | StreamPlan {
  if (!isStreamPlan(plan)) return plan;
  const { status, body } = plan;
  const headers = streamHeaders(plan.headers);
  if (method !== "HEAD" && status !== 204 && status !== 304) return { ...plan, headers };
  endUnread(body);
  return { ...plan, headers, body: null };
}

/** Caches and compressing middleware go by `no-transform` (RFC 9111 §5.2.2.6), nginx by a field of its own. */
function streamHeaders(headers: StreamPlan["headers"]): StreamPlan["headers"] {
  const { "cache-control": control } = headers;
  const noTransform = control === undefined ? "no-transform" : `${control}, no-transform`;
  return { ...headers, "cache-control": noTransform, "x-accel-buffering": "no" };
}

/** Ends a plan that is not sent; its stream unread. */
export function dropPlan(plan: ResponsePlan | StreamPlan, how: ResponseEnd): void {
  endOf(plan)(how);
  if (isStreamPlan(plan)) endUnread(plan.body);
}

function endUnread(body: AsyncIterable<string>): void {
  try {
    void endIterator(body[Symbol.asyncIterator]());
  } catch (thrown) {
    warnOfEnd(thrown);
  }
}

/** Ends an iterator of which nothing more is wanted. What it throws is warned of. */
export async function endIterator(iterator: AsyncIterator<string>): Promise<void> {
  try {
    await iterator.return?.();
  } catch (thrown) {
    warnOfCleanup(thrown);
  }
}

/** What an iterator throws that watches for the going of its client is no fault once that is gone. */
export function warnOfCleanup(thrown: unknown): void {
  if (!(thrown instanceof Error && thrown.name === "AbortError")) warnOfEnd(thrown);
}
