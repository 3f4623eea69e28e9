import type { IncomingMessage, ServerResponse } from "node:http";

/** How much more of a request is read after its answer, and for how long, before its connection is closed. */
const lingering = { bytesMax: 16_777_216, silenceMs: 2_000, totalMs: 10_000 };

/**
 * Lets an answer be read by a client that is still sending its content. Where the connection closes after the answer,
 * the answer goes out whole, and the end waits until the rest of the content was read and dropped, up to a bound: a
 * socket that closes with unread bytes is reset, and the reset can overtake the answer (RFC 9112 §9.6). On a connection
 * that stays open Node reads the rest by itself.
 */
export function lingerOn(response: ServerResponse): void {
  const request = response.req;
  if (request === undefined || request.complete) return;
  const { end } = response;
  response.end = function (this: ServerResponse, ...given: unknown[]): ServerResponse {
    response.end = end;
    if (request.complete || request.destroyed || !closesAfter(this)) return Reflect.apply(end, this, given);
    const [chunk, encoding] = given;
    if (typeof chunk === "string" || chunk instanceof Uint8Array)
      Reflect.apply(this.write, this, typeof encoding === "string" ? [chunk, encoding] : [chunk]);
    else this.flushHeaders();
    const called = given.filter((each) => typeof each === "function");
    drain(request, () => Reflect.apply(end, this, called));
    return this;
  };
}

function closesAfter(response: ServerResponse): boolean {
  return response.shouldKeepAlive === false || /\bclose\b/i.test(String(response.getHeader("connection") ?? ""));
}

/** Reads and drops what still comes of a request, and calls back once that is all, or enough. */
function drain(request: IncomingMessage, done: () => void): void {
  let bytes = 0;
  const onData = (chunk: Buffer | string): void => {
    bytes += chunk.length;
    silence.refresh();
    if (bytes > lingering.bytesMax) finish();
  };
  const finish = (): void => {
    clearTimeout(silence);
    clearTimeout(total);
    request.off("data", onData).off("end", finish).off("close", finish);
    done();
  };
  const silence = setTimeout(finish, lingering.silenceMs).unref();
  const total = setTimeout(finish, lingering.totalMs).unref();
  request.on("data", onData).on("end", finish).on("close", finish).on("error", ignore).resume();
}

function ignore(): void {}
