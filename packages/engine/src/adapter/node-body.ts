import type { Readable } from "node:stream";
import type { HoldBytes, ReadBody } from "../http/request.js";

/** Reads a body as bytes, and stops keeping them once there are more than `bytesMax`, or than `hold` takes on. */
export function readNodeBody(content: Readable, bytesMax: number, hold: HoldBytes = () => true): Promise<ReadBody> {
  if (content.readableDidRead) {
    throw new TypeError(
      "Something before unclash has read the body and left no parsed value: mount unclash before it.",
    );
  }
  // Neither what has ended without a byte nor what was cut off emits anything any more.
  if (content.readableEnded) return Promise.resolve({ kind: "bytes", bytes: Buffer.alloc(0) });
  if (content.destroyed) return Promise.resolve({ kind: "aborted" });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (body: ReadBody): void => {
      content.off("data", onData).off("end", onEnd).off("error", onAborted).off("close", onAborted);
      // The rest of a body that is too large is read and dropped, so that its sender gets to read the answer.
      content.on("error", ignore).resume();
      resolve(body);
    };
    const onData = (chunk: Buffer | string): void => {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      length += bytes.length;
      if (length > bytesMax) settle({ kind: "too-large" });
      else if (!hold(bytes.length)) settle({ kind: "no-room" });
      else chunks.push(bytes);
    };
    const onEnd = (): void =>
      settle({ kind: "bytes", bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length) });
    const onAborted = (): void => settle({ kind: "aborted" });
    // Something before the mount may have paused it.
    content.on("data", onData).on("end", onEnd).on("error", onAborted).on("close", onAborted).resume();
  });
}

function ignore(): void {}
