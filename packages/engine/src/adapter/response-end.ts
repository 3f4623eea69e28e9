import type { ServerResponse } from "node:http";
import type { ResponseEnd, ResponsePlan, StreamPlan } from "@unclash/core";
import { repeatedWarning } from "../options/warnings.js";

/** Whether a response is over, ended or not. Over HTTP/2 it is the stream that tells. */
export function isClosed(response: ServerResponse): boolean {
  return response.closed || response.destroyed || http2Stream(response)?.destroyed === true;
}

/** What is looked at of the stream that a response of HTTP/2 is sent over. */
export interface Http2Stream {
  readonly destroyed: boolean;
  readonly aborted: boolean;
  readonly writableFinished: boolean;
  close(code: number): void;
}

/** The stream of a response of HTTP/2; nothing for HTTP/1. */
export function http2Stream(response: ServerResponse): Http2Stream | undefined {
  return "stream" in response && isHttp2Stream(response.stream) ? response.stream : undefined;
}

function isHttp2Stream(stream: unknown): stream is Http2Stream {
  return typeof stream === "object" && stream !== null && "aborted" in stream && "writableFinished" in stream;
}

/**
 * Calls back once a response is over, and says whether all of it was handed to the connection; at once where it is over
 * already.
 */
export function whenOver(response: ServerResponse, over: (end: "sent" | "aborted") => void): void {
  if (isClosed(response)) {
    over(response.writableFinished && !isCut(response) ? "sent" : "aborted");
    return;
  }
  // Over HTTP/2 this is the stream, which tells by itself how it has ended.
  const socket = http2Stream(response) === undefined ? response.socket : null;
  let isFinished = false;
  response.once("finish", () => {
    // Node finishes a response too whose last writes have failed.
    isFinished = socket?.destroyed !== true;
  });
  response.once("close", () => over(isFinished && !isCut(response) ? "sent" : "aborted"));
}

/** Over HTTP/2 each response is finished before it is closed. */
function isCut(response: ServerResponse): boolean {
  const stream = http2Stream(response);
  return stream !== undefined && (stream.aborted || !stream.writableFinished);
}

/** Has a plan's `onEnd` called once the response is over that it is sent over. */
export function watchEnd(
  plan: ResponsePlan | StreamPlan,
  response: ServerResponse,
  ended: (end: ResponseEnd) => void = endOf(plan),
): void {
  whenOver(response, (end) => {
    const { statusCode } = response;
    // Hooks may have found that the client has it already: that is 304.
    const isReplaced = statusCode !== plan.status && statusCode !== 304;
    ended(end === "sent" && isReplaced ? "failed" : end);
  });
}

/** The `onEnd` of a plan, which is called once, whoever calls it first; what it throws is warned of. */
export function endOf({ onEnd }: Pick<ResponsePlan | StreamPlan, "onEnd">): (end: ResponseEnd) => void {
  if (onEnd === undefined) return () => {};
  let isOver = false;
  return (end) => {
    if (isOver) return;
    isOver = true;
    try {
      onEnd(end);
    } catch (error) {
      warnOfEnd(error);
    }
  };
}

/** Warns of what failed that nobody waits for: the client has its answer, or is gone. */
export const warnOfEnd: (error: unknown) => void = repeatedWarning(
  "UNCLASH_RESPONSE_END_FAILED",
  (error) => `What follows the end of a response failed: ${String(error)}`,
);
