import { once } from "node:events";
import { createServer, IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, connect, Socket } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { disconnectedBy } from "./disconnected.js";
import { nodeFacts } from "./node-facts.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("a request that nobody waits for makes no signal, and adds no listener", () => {
  const made = vi.fn();
  vi.stubGlobal(
    "AbortController",
    class extends AbortController {
      constructor() {
        super();
        made();
      }
    },
  );
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  const listeners = () => response.eventNames().reduce((sum, name) => sum + response.listenerCount(name), 0);
  const before = listeners();
  const { disconnected } = nodeFacts(request, { base: "", url: "/", response, native: request });
  expect([made.mock.calls.length, listeners()]).toEqual([0, before]);
  expect(disconnected?.()).toBe(disconnected?.());
  expect([made.mock.calls.length, listeners()]).toEqual([1, before + 1]);
});

test("facts of a request without its response say nothing of its client", () => {
  const request = new IncomingMessage(new Socket());
  expect(nodeFacts(request, { base: "", url: "/", native: request }).disconnected).toBeUndefined();
});

test("the client of a request that waits for others of its connection is seen to go as well", async () => {
  const signals: AbortSignal[] = [];
  const server = createServer((request, response) => {
    signals.push(disconnectedBy(request, response)());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3));
  await vi.waitFor(() => expect(signals).toHaveLength(3));
  const gone = signals.map((signal) => once(signal, "abort"));
  client.destroy();
  await Promise.all(gone);
  await new Promise((resolve) => server.close(resolve));
});
