import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { ResponsePlan } from "@unclash/core";
import type { GuardAnswer } from "../guard/guard-error.js";

/** Sends an answer over Node's own response. What was set on it before is kept where the answer says nothing else. */
export function sendPlan(plan: ResponsePlan, response: ServerResponse): void {
  // Something else (a time-out) has answered meanwhile: there is nobody left to tell.
  if (response.writableEnded) return;
  response.writeHead(plan.status, headersBeside(plan, response.getHeader("vary")));
  response.end(plan.body ?? undefined);
}

/** Sends a guard's answer the same way; one that is given again may hold bytes, and headers of several lines. */
export function sendAnswer(answer: GuardAnswer, response: ServerResponse): void {
  if (response.writableEnded) return;
  response.writeHead(answer.status, outgoingHeaders(answer, response));
  response.end(answer.body ?? undefined);
}

/** The headers of a guard's answer beside those that are set already. */
export function outgoingHeaders({ headers }: GuardAnswer, response: ServerResponse): OutgoingHttpHeaders {
  const outgoing: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) outgoing[name] = typeof value === "string" ? value : [...value];
  const varyBefore = response.getHeader("vary");
  if (outgoing["vary"] !== undefined && varyBefore !== undefined)
    outgoing["vary"] = `${String(varyBefore)}, ${String(outgoing["vary"])}`;
  return outgoing;
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
