import { AsyncLocalStorage } from "node:async_hooks";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { listen } from "@unclash/conformance/adapter";
import { createMemoryStore } from "@unclash/memory";
import { createUnclash, type Decision } from "unclash";
import { expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { guarded } from "./guard.js";
import { mount } from "./mount.js";

const context = new AsyncLocalStorage<string | undefined>();

async function serve(handle: RequestListener): Promise<string> {
  const { url, close } = await listen(
    createServer((request, response) => context.run(request.url, () => handle(request, response))),
  );
  onTestFinished(close);
  return url;
}

function observing() {
  const seen: (readonly [context: string | undefined, outcome: string, isOpen: boolean | undefined])[] = [];
  const closed = new WeakSet<object>();
  const observe = (decision: Decision<IncomingMessage>): void => {
    if (decision.kind === "request") seen.push([context.getStore(), decision.outcome, !closed.has(decision.native)]);
  };
  return { seen, closed, observe };
}

test("an observer of a guard runs in the context of its request, and before its response closes", async () => {
  const { seen, closed, observe } = observing();
  const load = ({ url }: IncomingMessage) => (url === "/2" ? undefined : { version: 1 });
  const handle = guarded({ load, observe }, ({ res }) => res.end("done"));
  const url = await serve((request, response) => {
    response.once("close", () => closed.add(request));
    handle(request, response);
  });
  for (const path of ["/1", "/2", "/3"]) await fetch(url + path);
  await vi.waitUntil(() => seen.length === 3);
  expect(seen).toEqual([
    ["/1", "passed", true],
    ["/2", "not-found", true],
    ["/3", "passed", true],
  ]);
});

test("an observer of collections does too", async () => {
  const { seen, observe } = observing();
  const notes = { schema: z.looseObject({}) };
  const url = await serve(mount(createUnclash({ store: createMemoryStore(), collections: { notes }, observe })));
  await fetch(`${url}/notes`, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
  expect(seen).toEqual([["/notes", "created", true]]);
});

test("a client that goes away before its answer is one that nobody has answered", async () => {
  const { seen, observe } = observing();
  const arrived = vi.fn();
  const url = await serve(guarded({ observe }, () => arrived()));
  const gone = new AbortController();
  const asked = fetch(url, { signal: gone.signal }).catch(() => "gone");
  await vi.waitUntil(() => arrived.mock.calls.length > 0);
  gone.abort();
  expect(await asked).toBe("gone");
  await vi.waitUntil(() => seen.length > 0);
  expect(seen).toEqual([["/", "unanswered", true]]);
});
