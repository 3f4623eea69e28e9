import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import {
  createHttp2StreamClient,
  createStreamEngine,
  listen,
  listenHttp2,
  ProbeStream,
  type Start,
  streamSuite,
} from "@unclash/conformance/adapter";
import { describe, expect, test, vi } from "vitest";
import { mount } from "./mount.js";

type Engine = Parameters<typeof mount>[0];

const listenerOf = (unclash: Engine, prefix: string): RequestListener => mount(unclash, { prefix, onError: () => {} });

describe("over HTTP/2", () => {
  const start: Start = (unclash, { prefix }) => listenHttp2(listenerOf(unclash, prefix));
  streamSuite({ test, start, client: createHttp2StreamClient });
});

test("what a stream throws is told to onError, or to next", async () => {
  const { unclash, play } = createStreamEngine();
  const onError = vi.fn();
  const next = vi.fn();
  const handle = mount(unclash, { onError });
  const listeners: readonly RequestListener[] = [
    handle,
    (request: IncomingMessage, response: ServerResponse) => handle(request, response, next),
  ];
  for (const listener of listeners) {
    const stream = new ProbeStream();
    const { url, close } = await listen(createServer(listener));
    const answer = await fetch(`${url}${play(async () => stream.plan())}`);
    stream.fail(new Error("The stream is broken."));
    await expect(answer.text()).rejects.toThrow();
    await close();
  }
  expect(onError.mock.calls.map(([error]) => error.message)).toEqual(["The stream is broken."]);
  expect(next.mock.calls.map(([error]) => error.message)).toEqual(["The stream is broken."]);
});
