import { createServer, type ServerResponse } from "node:http";
import { connect } from "node:net";
import type { ResponseEnd } from "@unclash/core";
import { expect, onTestFinished, test } from "vitest";
import { sendStream } from "./send-stream.js";

/** A stream whose last texts lie in the buffer of its response, since its client reads nothing. */
async function* untilHeldUp(response: ServerResponse): AsyncGenerator<string> {
  // The connection takes on so much by itself; what comes after that stays in the process.
  while (response.socket?.writableLength === 0) {
    yield "x".repeat(1_024);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("a stream can be broken off after its last text, while its client has not read that", async () => {
  let breakOff = (): void => {};
  let isPulled: () => void = () => {};
  const pulled = new Promise<void>((resolve) => {
    isPulled = resolve;
  });
  const ended = new Promise<ResponseEnd>((resolve) => {
    const server = createServer((_request, response) => {
      const body = untilHeldUp(response);
      const onBegin = (given: () => void): void => {
        breakOff = given;
      };
      const plan = { status: 200, headers: {}, outcome: "ok", body, onBegin, onEnd: resolve } as const;
      sendStream(plan, response, () => void response.writeHead(200)).then(isPulled);
    });
    onTestFinished(() => void server.close().closeAllConnections());
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const client = connect(typeof address === "object" ? (address?.port ?? 0) : 0, "127.0.0.1");
      onTestFinished(() => void client.destroy());
      client.on("error", () => {}).pause();
      client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    });
  });
  await pulled;
  breakOff();
  breakOff();
  expect(await ended).toBe("aborted");
});
