import type { Context } from "koa";
import {
  forgetContent,
  type GuardAnswer,
  keepOwnTag,
  lingerOn,
  outgoingHeaders,
  sendAnswer,
  staysUntagged,
} from "unclash/adapter";

/** Hands an answer to Koa, which sends it once all middleware is through. */
export function respond(context: Context, answer: GuardAnswer): void {
  context.status = answer.status;
  if (context.respond === false) {
    sendAnswer(answer, context.res);
    return;
  }
  lingerOn(context.res);
  if (staysUntagged(answer, context.method)) keepOwnTag(answer, context.res);
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
