import type { ServerResponse } from "node:http";
import { constants } from "node:http2";
import { Socket } from "node:net";
import { http2Stream } from "./response-end.js";

/**
 * Breaks a response off that has begun, so that its client can't mistake what it has got for all of it: a chunked one
 * lacks its last chunk, one with a length is too short (RFC 9112 §8), a stream of HTTP/2 is reset with an error
 * (RFC 9113 §5.4.2). Content that only the end of its connection ends, as for clients of HTTP/1.0, needs a reset.
 */
export function breakOff(response: ServerResponse): void {
  const stream = http2Stream(response);
  if (stream !== undefined) {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    return;
  }
  const { socket } = response;
  const isFramed = response.chunkedEncoding || response.hasHeader("content-length");
  if (!isFramed && socket instanceof Socket && !("encrypted" in socket)) socket.resetAndDestroy();
  else response.destroy();
}
