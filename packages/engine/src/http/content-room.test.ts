import { PassThrough, Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, test, vi } from "vitest";
import { z } from "zod";
import { readNodeBody } from "../adapter/node-facts.js";
import { bodyOf } from "../ask.test-support.js";
import { createUnclash } from "../unclash.js";
import type { RequestLimits } from "./request-limits.js";

const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;

/** An engine over a store that answers nothing until it is let. */
function stuck(limits: Partial<RequestLimits>) {
  const memory = createMemoryStore();
  let letGo = (): void => {};
  const gone = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let reads = 0;
  const store: Store = {
    ...memory,
    commit: (commit) => memory.commit(commit),
    read(keys) {
      reads += 1;
      return gone.then(() => memory.read(keys));
    },
  };
  const unclash = createUnclash({ store, collections: { notes }, requestLimits: limits, decodeBodies: ["gzip"] });
  const put = (
    id: number,
    content: Buffer | string,
    headers: Readonly<Record<string, string>> = {},
    stream: Readable = Readable.from([Buffer.from(content)]),
  ) =>
    unclash.handle({
      method: "PUT",
      base: "",
      path: `/notes/${id}`,
      query: "",
      headers: { "content-type": "application/json", ...headers },
      address: "::1",
      body: { kind: "unread", read: (bytesMax, room) => readNodeBody(stream, bytesMax, room) },
      native: undefined,
    });
  /** Resolves once so many requests wait for the store. */
  const areWaiting = (count: number) => vi.waitUntil(() => reads === count, { timeout: 30_000, interval: 1 });
  return { put, letGo, areWaiting };
}

const content = `{"text":"${"x".repeat(989)}"}`;
const limits = { bodyBytesMax: 1_000, bodyBytesInFlightMax: 3_000 };

test("while the store is stuck, no more content is held than may be: the rest is 503, and may come again", async () => {
  const { put, letGo, areWaiting } = stuck(limits);
  const waiting = [1, 2, 3].map((id) => put(id, content));
  await areWaiting(3);
  const refused = await Promise.all([4, 5].map((id) => put(id, content)));
  for (const plan of refused) {
    expect([plan.status, plan.headers["retry-after"], bodyOf(plan)["outcome"]]).toEqual([503, "1", "not-applied"]);
  }
  letGo();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([201, 201, 201]);
  expect((await Promise.all([4, 5, 6].map((id) => put(id, content)))).map(({ status }) => status)).toEqual([
    201, 201, 201,
  ]);
});

test("what is refused, broken or too large is let go of", async () => {
  const { put, letGo } = stuck(limits);
  letGo();
  for (let round = 0; round < 5; round += 1) {
    expect((await put(1, `${content} `)).status).toBe(413);
    expect((await put(1, content.slice(1))).status).toBe(400);
  }
  expect((await put(1, content)).status).toBe(201);
});

test("decoded content counts too", async () => {
  const { put, letGo, areWaiting } = stuck(limits);
  const gzip = { "content-encoding": "gzip" };
  const waiting = [1, 2].map((id) => put(id, gzipSync(content), gzip));
  await areWaiting(2);
  expect((await put(3, content)).status).toBe(503);
  letGo();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([201, 201]);
});

/** Content that arrives but for its last byte. */
function stalled(): PassThrough {
  const stream = new PassThrough();
  stream.write(content.slice(1));
  return stream;
}

test("content that has been arriving for too long makes room for others', the oldest first", async () => {
  const { put, letGo } = stuck({ ...limits, slowBodyMs: 50 });
  letGo();
  const streams = [stalled(), stalled(), stalled()];
  const slow = streams.map((stream, n) => put(n, "", {}, stream));
  await vi.waitFor(async () => expect((await put(9, content)).status).toBe(201), { timeout: 10_000, interval: 10 });
  const first = await Promise.race(slow.map(async (each, n) => ({ n, ...(await each) })));
  expect([first.n, first.status, first.headers["retry-after"], bodyOf(first)["outcome"]]).toEqual([
    0,
    503,
    "1",
    "not-applied",
  ]);
  for (const stream of streams) stream.end("}");
  expect((await Promise.all(slow.slice(1))).map(({ status }) => status)).toEqual([400, 400]);
});

test("slow content is not dropped where even without it there is no room", async () => {
  const { put, letGo, areWaiting } = stuck({ bodyBytesMax: 2_000, bodyBytesInFlightMax: 3_000, slowBodyMs: 1 });
  const waiting = [1, 2].map((id) => put(id, content));
  await areWaiting(2);
  const stream = stalled();
  const slow = put(3, "", {}, stream);
  await pause(20);
  expect((await put(4, "x".repeat(2_000))).status).toBe(503);
  stream.end("}");
  letGo();
  expect((await Promise.all([...waiting, slow])).map(({ status }) => status)).toEqual([201, 201, 400]);
});

test("a byte every now and then keeps nobody's room", async () => {
  const { put, letGo } = stuck({ bodyBytesMax: 1_000, bodyBytesInFlightMax: 1_000, slowBodyMs: 50 });
  letGo();
  const stream = new PassThrough();
  stream.write("{");
  const dripping = setInterval(() => stream.write(" "), 5);
  const slow = put(1, "", {}, stream).finally(() => clearInterval(dripping));
  await vi.waitFor(async () => expect((await put(2, content)).status).toBe(201), { timeout: 10_000, interval: 10 });
  expect((await slow).status).toBe(503);
});

test("content that has come whole is kept, however long the store takes", async () => {
  const { put, letGo, areWaiting } = stuck({ ...limits, slowBodyMs: 1 });
  const waiting = [1, 2, 3].map((id) => put(id, content));
  await areWaiting(3);
  await pause(20);
  expect((await put(4, content)).status).toBe(503);
  letGo();
  expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([201, 201, 201]);
});

test("room for one body is the least", () => {
  const create = (given: Partial<RequestLimits>) =>
    createUnclash({ store: createMemoryStore(), collections: { notes }, requestLimits: given });
  expect(() => create({ bodyBytesInFlightMax: 1_000 })).toThrow(
    /requestLimits\.bodyBytesInFlightMax must be at least bodyBytesMax/,
  );
  expect(() => create({ bodyBytesMax: 100_000_000 })).not.toThrow();
});
