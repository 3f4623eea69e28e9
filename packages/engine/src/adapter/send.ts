import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { isStreamPlan, type ResponsePlan, type StreamPlan } from "@unclash/core";
import type { GuardAnswer } from "../guards/guard-error.js";
import { joinedVary } from "../http/vary.js";
import { lingerOn } from "./linger.js";
import { staysUntagged } from "./own-tag.js";
import { watchEnd } from "./response-end.js";
import { sendStream } from "./send-stream.js";
import { dropPlan, preparePlan } from "./stream-plan.js";

/**
 * Sends an answer over Node's own response. What was set on it before is kept where the answer says nothing else.
 *
 * @returns nothing; for a stream a promise, which rejects with what the stream threw, after the connection was broken
 * off, or with why nothing could be sent
 */
export function sendPlan(plan: ResponsePlan | StreamPlan, response: ServerResponse): Promise<void> | undefined {
  // Something else (a time-out) has answered meanwhile: there is nobody left to tell.
  if (response.writableEnded) {
    dropPlan(plan, "failed");
    return undefined;
  }
  const prepared = preparePlan(plan, response.req?.method);
  if (isStreamPlan(prepared)) return sendStream(prepared, response, () => sendHead(prepared, response));
  if (prepared.onEnd !== undefined) watchEnd(prepared, response);
  sendHead(prepared, response);
  response.end(prepared.body ?? undefined);
  return undefined;
}

function sendHead(plan: ResponsePlan | StreamPlan, response: ServerResponse): void {
  if (staysUntagged(plan, response.req?.method)) response.removeHeader("etag");
  lingerOn(response);
  response.writeHead(plan.status, headersBeside(plan, response.getHeader("vary")));
}

/** Sends a guard's answer the same way; one that is given again may hold bytes, and headers of several lines. */
export function sendAnswer(answer: GuardAnswer, response: ServerResponse): void {
  if (response.writableEnded) return;
  forgetContent(response);
  lingerOn(response);
  response.writeHead(answer.status, outgoingHeaders(answer, response));
  response.end(answer.body ?? undefined);
}

/** Takes back what a handler has said of content that is not sent after all; type and length are set again. */
export function forgetContent(response: { removeHeader(name: string): unknown }): void {
  for (const name of ["content-encoding", "content-language", "content-range", "content-disposition"])
    response.removeHeader(name);
}

/** The headers of a guard's answer beside those that are set already. */
export function outgoingHeaders(
  { headers }: GuardAnswer,
  response: Pick<ServerResponse, "getHeader">,
): OutgoingHttpHeaders {
  const outgoing: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) outgoing[name] = typeof value === "string" ? value : [...value];
  if (outgoing["vary"] !== undefined)
    outgoing["vary"] = joinedVary(response.getHeader("vary"), String(outgoing["vary"]));
  return outgoing;
}

/**
 * The headers of an answer. Its `Vary` is joined to the one that is set already: a CORS middleware has put `Origin`
 * there, and caches must go by both.
 */
export function headersBeside(
  { headers }: Pick<ResponsePlan, "headers">,
  varyBefore: number | string | readonly string[] | undefined,
): Readonly<Record<string, string>> {
  const { vary } = headers;
  if (vary === undefined || varyBefore === undefined) return headers;
  return { ...headers, vary: joinedVary(varyBefore, vary) };
}
