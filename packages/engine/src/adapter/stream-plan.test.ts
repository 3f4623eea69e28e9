import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { ResponseEnd, StreamPlan } from "@unclash/core";
import { expect, onTestFinished, test, vi } from "vitest";
import { endOf } from "./response-end.js";
import { sendPlan } from "./send.js";
import { streamBehindHead } from "./send-stream.js";
import { dropPlan, preparePlan } from "./stream-plan.js";

const head = { status: 200, headers: { "cache-control": "no-store" }, outcome: "ok" } as const;

function streamOf(iterator: Partial<AsyncIterator<string>>): AsyncIterable<string> {
  const next = () => Promise.resolve({ done: true as const, value: undefined });
  return { [Symbol.asyncIterator]: () => ({ next, ...iterator }) };
}

const withoutIterator: AsyncIterable<string> = {
  [Symbol.asyncIterator]() {
    throw new TypeError("no iterator");
  },
};

function responseTo(method: string): ServerResponse {
  const request = new IncomingMessage(new Socket());
  request.method = method;
  return new ServerResponse(request);
}

/** The warnings of what follows an end, which a process emits once a minute. */
function warnings(): () => readonly string[] {
  const emitted = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const now = vi.spyOn(performance, "now").mockImplementation(() => (minutes += 60_001));
  onTestFinished(() => {
    emitted.mockRestore();
    now.mockRestore();
  });
  return () => emitted.mock.calls.map(([text]) => String(text));
}

let minutes = 1e9;

test("a stream is sent with what keeps others from collecting it, and without itself where there is no content", () => {
  const plan: StreamPlan = { ...head, body: streamOf({}) };
  const headers = { "cache-control": "no-store, no-transform", "x-accel-buffering": "no" };
  expect(preparePlan(plan, "GET")).toEqual({ ...plan, headers });
  expect(preparePlan({ ...plan, headers: {} }, "GET").headers).toEqual({ ...headers, "cache-control": "no-transform" });
  expect(preparePlan(plan, "HEAD")).toEqual({ ...plan, headers, body: null });
  expect(preparePlan({ ...plan, status: 304 }, "GET").body).toBeNull();
  const text = { ...head, body: "{}" };
  expect(preparePlan(text, "HEAD")).toBe(text);
});

test("an end is told once, and what follows it can't fail anything", () => {
  const warned = warnings();
  const told: ResponseEnd[] = [];
  const ended = endOf({
    onEnd(end) {
      told.push(end);
      throw new Error("what follows is broken");
    },
  });
  ended("sent");
  ended("aborted");
  expect(told).toEqual(["sent"]);
  expect(warned()).toEqual(["What follows the end of a response failed: Error: what follows is broken"]);
});

test("the failures of a stream that nobody reads are warned of, unless its client was the reason", async () => {
  const warned = warnings();
  const fail = (error: Error) => () => Promise.reject(error);
  dropPlan({ ...head, body: streamOf({ return: fail(new Error("no end")) }) }, "failed");
  dropPlan({ ...head, body: streamOf({ return: fail(new DOMException("gone", "AbortError")) }) }, "aborted");
  dropPlan({ ...head, body: withoutIterator }, "failed");
  await vi.waitFor(() =>
    expect(warned()).toEqual([
      "What follows the end of a response failed: TypeError: no iterator",
      "What follows the end of a response failed: Error: no end",
    ]),
  );
});

test("where something else has answered, the plan has failed, and its stream is ended", async () => {
  const response = responseTo("GET");
  response.end();
  const told: ResponseEnd[] = [];
  const ended = vi.fn(async () => ({ done: true as const, value: undefined }));
  const onEnd = (end: ResponseEnd): void => void told.push(end);
  expect(sendPlan({ ...head, body: "{}", onEnd }, response)).toBeUndefined();
  expect(sendPlan({ ...head, body: streamOf({ return: ended }), onEnd }, response)).toBeUndefined();
  expect([told, ended.mock.calls.length]).toEqual([["failed", "failed"], 1]);
});

test("a stream without an iterator is a fault before anything is sent", async () => {
  const response = responseTo("GET");
  const told: ResponseEnd[] = [];
  const plan: StreamPlan = { ...head, body: withoutIterator, onEnd: (end) => void told.push(end) };
  await expect(sendPlan(plan, response)).rejects.toThrow("no iterator");
  expect([told, response.headersSent]).toEqual([["failed"], false]);
});

test("a framework that writes content of its own has answered in place of the stream", async () => {
  const response = responseTo("GET");
  const told: ResponseEnd[] = [];
  const over = streamBehindHead({ ...head, body: streamOf({}), onEnd: (end) => void told.push(end) }, response);
  response.write("its own");
  response.end();
  await over;
  expect(told).toEqual(["failed"]);
});
