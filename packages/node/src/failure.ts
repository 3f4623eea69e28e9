import type { IncomingMessage, ServerResponse } from "node:http";
import { breakOff, CallbackError, forgetContent } from "unclash/adapter";

const body = JSON.stringify({ type: "about:blank", title: "Internal Server Error", status: 500 });

/** Ends a request that something threw in: with a bare problem (RFC 9457 §4.2.1), which tells nothing of the inside. */
export function answerFailure(request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) {
    // Half an answer must not look like a whole one.
    if (!response.writableEnded) breakOff(response);
    return;
  }
  forgetContent(response);
  // It may be what could not be sent, and Node has one of its own for each status.
  if (request.httpVersionMajor < 2) response.statusMessage = "";
  response.writeHead(500, {
    "cache-control": "no-store",
    "content-type": "application/problem+json",
    "content-length": Buffer.byteLength(body),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/**
 * Hands an error to the app's own function for that. What this throws in turn must not end the process: both are warned
 * of.
 */
export function tellFailure(
  onError: (error: object, request: IncomingMessage) => unknown,
  error: object,
  request: IncomingMessage,
): void {
  const failed = (thrown: unknown): void => {
    warnOfFailure(error, request);
    const what = { cause: thrown };
    warnOfFailure(
      new CallbackError("onError", `must not throw, or reject, as it did: ${String(thrown)}`, what),
      request,
    );
  };
  try {
    Promise.resolve(onError(error, request)).catch(failed);
  } catch (thrown) {
    failed(thrown);
  }
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
