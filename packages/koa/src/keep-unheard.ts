import type { Context } from "koa";

/**
 * Where the client has gone, Koa ends the response without its body; who asks again with the same idempotency key must
 * get the whole answer. So the body is given back to that end. What can only be read once is lost, and its answer
 * unknown.
 */
export function keepUnheard(context: Context): void {
  const { res } = context;
  const { end } = res;
  res.end = function (this: typeof res, ...given: unknown[]): typeof res {
    const isUnheard = given.length === 0 && context.respond !== false && !context.headerSent && isGone(context);
    if (!isUnheard || context.body == null) return Reflect.apply(end, this, given);
    const content = contentOf(context.body);
    // Not ended, the response leaves its key to lapse.
    return content === undefined ? this : Reflect.apply(end, this, [content]);
  };
}

function isGone({ res }: Context): boolean {
  return res.destroyed || res.socket?.writable === false;
}

/** A body as Koa would send it; nothing for streams and their like. */
function contentOf(body: unknown): string | Buffer | undefined {
  if (typeof body === "string" || Buffer.isBuffer(body)) return body;
  if (typeof body !== "object" || body === null) return JSON.stringify(body);
  const isStream = "pipe" in body && typeof body.pipe === "function";
  const isRead = isStream || body instanceof ReadableStream || body instanceof Blob || body instanceof Response;
  return isRead ? undefined : JSON.stringify(body);
}
