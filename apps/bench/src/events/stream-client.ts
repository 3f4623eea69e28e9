import { connect, type Socket } from "node:net";
import { streamPath } from "./source.js";

/** A stream that is read. */
export interface StreamClient {
  /** Resolves with the time, by `performance.now()`, at which a text arrived that holds this. */
  arrival(text: string): Promise<number>;
  /** How many events have come. */
  events(): number;
  close(): void;
}

/** Opens a stream, and reads it. Resolves once its head is there. */
export async function readStream(port: number): Promise<StreamClient> {
  const waiting = new Map<string, (atMs: number) => void>();
  let events = 0;
  const socket = request(port);
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.on("data", (chunk: Buffer) => {
      resolve();
      for (let at = chunk.indexOf("data: "); at !== -1; at = chunk.indexOf("data: ", at + 6)) events += 1;
      if (waiting.size === 0) return;
      const text = chunk.toString("latin1");
      const now = performance.now();
      for (const [wanted, settle] of waiting)
        if (text.includes(wanted)) {
          waiting.delete(wanted);
          settle(now);
        }
    });
  });
  return {
    arrival: (text) => new Promise((resolve) => waiting.set(text, resolve)),
    events: () => events,
    close: () => socket.destroy(),
  };
}

/** Opens a stream that nothing is ever read from. */
export function ignoreStream(port: number): Socket {
  const socket = request(port);
  socket.pause();
  return socket;
}

function request(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(`GET ${streamPath} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  return socket;
}
