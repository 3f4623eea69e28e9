import type { ResponseEnd, StreamPlan } from "@unclash/core";
import { expect, test } from "vitest";
import { resolveRequestLimits } from "./http/request-limits.js";
import { checkStream, type Streaming } from "./streamed.js";

function streaming(method: string, headers: Readonly<Record<string, string>>): Streaming {
  const body = { kind: "parsed", value: undefined } as const;
  const request = {
    method,
    base: "/api",
    path: "/notes/1",
    query: "",
    headers,
    address: "::1",
    body,
    native: undefined,
  };
  return { request, header: (name) => headers[name], settings: { requestLimits: resolveRequestLimits() } };
}

function probe() {
  const seen: (ResponseEnd | "returned")[] = [];
  const iterator = {
    next: () => Promise.reject(new Error("It must not be read.")),
    return: async () => ({ done: true as const, value: seen.push("returned") }),
  };
  const body: AsyncIterable<string> = { [Symbol.asyncIterator]: () => iterator };
  const plan: StreamPlan = { status: 200, headers: {}, body, outcome: "ok", onEnd: (end) => void seen.push(end) };
  return { plan, seen };
}

test.each([
  [
    "POST",
    { "idempotency-key": '"k"' },
    "POST /api/notes/1 must not be answered with a stream: its answer is to be kept",
  ],
  ["PUT", { prefer: "dry-run" }, "PUT /api/notes/1 must not be answered with a stream: it is only tried out"],
])("a stream in answer to %s with %j is a loud fault, and is ended", (method, headers, message) => {
  const { plan, seen } = probe();
  expect(() => checkStream(streaming(method, headers), plan)).toThrow(message);
  expect(seen).toEqual(["failed", "returned"]);
});

test.each([
  ["GET", { "idempotency-key": '"k"', prefer: "dry-run" }],
  ["POST", {}],
  ["POST", { prefer: "dry-run=false" }],
])("a stream in answer to %s with %j is let through", (method, headers) => {
  const { plan, seen } = probe();
  expect(checkStream(streaming(method, headers), plan)).toBe(plan);
  expect(seen).toEqual([]);
});
