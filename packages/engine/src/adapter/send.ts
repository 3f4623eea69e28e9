import type { ServerResponse } from "node:http";
import type { ResponsePlan } from "@unclash/core";

/** Sends an answer over Node's own response. What was set on it before is kept where the answer says nothing else. */
export function sendPlan(plan: ResponsePlan, response: ServerResponse): void {
  // Something else (a time-out) has answered meanwhile: there is nobody left to tell.
  if (response.writableEnded) return;
  response.writeHead(plan.status, headersBeside(plan, response.getHeader("vary")));
  response.end(plan.body ?? undefined);
}

/**
 * The headers of an answer. Its `Vary` is joined to the one that is set already: a CORS middleware has put `Origin`
 * there, and caches must go by both.
 */
export function headersBeside(
  { headers }: ResponsePlan,
  varyBefore: number | string | readonly string[] | undefined,
): Readonly<Record<string, string>> {
  const { vary } = headers;
  if (vary === undefined || varyBefore === undefined) return headers;
  return { ...headers, vary: `${String(varyBefore)}, ${vary}` };
}
