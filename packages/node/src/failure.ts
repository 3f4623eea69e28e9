import type { IncomingMessage, ServerResponse } from "node:http";
import { forgetContent } from "unclash/adapter";

const body = JSON.stringify({ type: "about:blank", title: "Internal Server Error", status: 500 });

/** Ends a request that something threw in: with a bare problem (RFC 9457 §4.2.1), which tells nothing of the inside. */
export function answerFailure(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) {
    // Half an answer must not look like a whole one.
    if (!response.writableEnded) response.destroy();
    return;
  }
  forgetContent(response);
  response.writeHead(500, {
    "cache-control": "no-store",
    "content-type": "application/problem+json",
    "content-length": Buffer.byteLength(body),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Tells the process's operator of an error that the app does not take itself. */
export function warnOfFailure(error: object, request: IncomingMessage): void {
  const detail = error instanceof Error ? error.stack : undefined;
  process.emitWarning(`${request.method} ${request.url} failed: ${String(error)}`, {
    type: "UnclashWarning",
    code: "UNCLASH_REQUEST_FAILED",
    ...(detail !== undefined && { detail }),
  });
}
