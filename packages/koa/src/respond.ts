import type { Context } from "koa";
import {
  dropPlan,
  forgetContent,
  type GuardAnswer,
  isStreamPlan,
  keepOwnTag,
  lingerOn,
  outgoingHeaders,
  preparePlan,
  type ResponsePlan,
  type StreamPlan,
  sendAnswer,
  sendPlan,
  staysUntagged,
  streamBehindHead,
  watchEnd,
} from "unclash/adapter";

/**
 * Hands a plan to Koa, which sends it once all middleware is through. Of a stream the middleware before the mount sees
 * the head, and no content.
 */
export function respondPlan(context: Context, plan: ResponsePlan | StreamPlan): void {
  const { res } = context;
  if (context.headerSent) {
    dropPlan(plan, "failed");
    return;
  }
  const prepared = preparePlan(plan, context.method);
  if (!isStreamPlan(prepared)) {
    if (prepared.onEnd !== undefined) watchEnd(prepared, res);
    respond(context, prepared);
    if (isStreamPlan(plan)) context.remove("content-length");
    return;
  }
  const report = (error: Error): void => context.onerror(error);
  if (context.respond === false) {
    sendPlan(plan, res)?.catch(report);
    return;
  }
  streamBehindHead(prepared, res).catch(report);
  put(context, { ...prepared, body: null });
}

/** Hands an answer to Koa, which sends it once all middleware is through. */
export function respond(context: Context, answer: GuardAnswer): void {
  if (context.respond === false) {
    context.status = answer.status;
    sendAnswer(answer, context.res);
    return;
  }
  lingerOn(context.res);
  if (staysUntagged(answer, context.method)) keepOwnTag(answer, context.res);
  put(context, answer);
}

function put(context: Context, answer: GuardAnswer): void {
  context.status = answer.status;
  const headers = outgoingHeaders(answer, context.res);
  forgetContent(context.res);
  context.body = contentOf(answer);
  // Koa has given the content a type of its own.
  if (headers["content-type"] === undefined) context.remove("content-type");
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) context.set(name, typeof value === "number" ? String(value) : [value].flat());
  }
}

/**
 * Not `null`, which Koa takes for 204, but where the status allows no content: Koa would say that there are 0 bytes of
 * it, to HEAD over HTTP/2. It knows bytes as a Buffer.
 */
function contentOf({ status, body }: GuardAnswer): string | Buffer | null {
  if (body === null) return status === 204 || status === 304 ? null : "";
  return typeof body === "string" ? body : Buffer.from(body);
}
