import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import { lifecycleSuite, listen } from "@unclash/conformance/adapter";
import { createMemoryStore } from "@unclash/memory";
import { createUnclash } from "unclash";
import { createShutdown } from "unclash/adapter";
import { expect, test } from "vitest";
import { z } from "zod";
import { mount } from "./mount.js";

test("over HTTP/2, what runs is finished, and sessions end", async () => {
  const collections = { notes: { schema: z.looseObject({}), preconditions: { required: false } } };
  const unclash = createUnclash({ store: createMemoryStore(), collections });
  const server = createHttp2Server((request: unknown, response: unknown) => {
    // Node makes them to be used as those of HTTP/1.1.
    Reflect.apply(mount(unclash), undefined, [request, response]);
  });
  const shutdown = createShutdown(server, unclash);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const session = connect(`http://127.0.0.1:${typeof address === "object" ? address?.port : undefined}`);
  const stream = session.request({ ":method": "PUT", ":path": "/notes/1", "content-type": "application/json" });
  stream.write("{");
  await once(server, "stream");
  const goneAway = once(session, "goaway");
  const ended = shutdown();
  await goneAway;
  stream.end("}");
  const [headers] = await once(stream, "response");
  expect(headers[":status"]).toBe(201);
  stream.resume();
  await ended;
  expect([session.closed, unclash.state]).toEqual([true, "closed"]);
});

test("what takes longer than it may is cut off", async () => {
  const collections = { notes: { schema: z.looseObject({}), preconditions: { required: false } } };
  const unclash = createUnclash({ store: createMemoryStore(), collections });
  const server = createServer(mount(unclash));
  const shutdown = createShutdown(server, unclash, { graceMs: 50 });
  const { url } = await listen(server);
  const headers = { "content-type": "application/json", expect: "100-continue" };
  const never = request(`${url}/notes/1`, { method: "PUT", headers });
  never.flushHeaders();
  await once(never, "continue");
  const cut = expect(once(never, "response")).rejects.toThrow("socket hang up");
  await shutdown();
  await cut;
});

lifecycleSuite({
  test,
  store: () => createMemoryStore(),
  async start(unclash) {
    const server: Server = createServer(mount(unclash));
    const shutdown = createShutdown(server, unclash);
    const { url } = await listen(server);
    return { url, shutdown, cut: () => server.close().closeAllConnections() };
  },
});
